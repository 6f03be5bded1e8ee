// auditor: sees for itself what the services' logs say, from outside or from files alone.
#include <cstdlib>

#include "tools/auditor/commands.h"
#include "tools/auditor/witness.h"
#include "tools/policyctl/exit_code.h"
#include "tools/policyctl/interruption.h"

namespace {

using namespace seisaku;

// Beside policyctl's codes: the log is not what it said it was. Somebody has to look into it.
constexpr int kContradiction = 8;

constexpr policyctl::Program kAuditor = {
    "auditor",
    {"Sees for itself what the logs say: proves, replays and compares them.",
     "ログの内容を自ら確かめます（証明・再生・比較）。"},
    "auditor export --trust trust.vkeys --out BUNDLE",
    {"auditor COMMAND --help shows a command's options and an example.\n"
     "Exit codes: policyctl's, and 8: the log is not what it said it was",
     "auditor コマンド --help で、コマンドごとの説明と例を表示します。\n"
     "終了コード: policyctl と同じ。8 はログが以前の内容と矛盾することを示す"},
    [](const absl::Status& status) -> int {
      return auditor::IsContradiction(status) ? kContradiction : policyctl::ExitCodeOf(status);
    }};

}  // namespace

int main(int argc, char** argv) {
  // What gRPC would log is in the error that is shown; who looks for a fault of gRPC sets it.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  policyctl::CommandLine line(argc, argv, policyctl::ProcessEnvironment(), kAuditor);
  auditor::AddExportCommand(line);
  auditor::AddVerifyCommand(line);
  auditor::AddDiffCommand(line);
  auditor::AddQueryCommand(line);
  auditor::AddExplainCommand(line);
  auditor::AddCompareCommand(line);
  auditor::AddWitnessCommand(line);
  auditor::AddReplayCommand(line);
  policyctl::TellWhenInterrupted(line.language(), line.changes());
  return line.Run();
}
