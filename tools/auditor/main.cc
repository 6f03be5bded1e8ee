// auditor: sees for itself what the services' logs say, from outside or from files alone.
#include <cstdlib>

#include "google/protobuf/stubs/logging.h"
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
     "Exit codes:\n  0 done, 1 failed, 2 usage, 3 input refused or not proven, 4 not found, 5 conflict, 6 "
     "denied, 7 "
     "unavailable,\n"
     "  8 the log is not what it said it was, 130 interrupted (Ctrl-C)",
     "auditor コマンド --help で、コマンドごとの説明と例を表示します。\n"
     "終了コード: 0 完了、1 失敗、2 使い方の誤り、3 入力の拒否・証明なし、4 該当なし、5 競合、6 権限なし、7 "
     "利用不可、\n"
     "8 ログが以前の内容と矛盾（保全して連絡）、130 中断（Ctrl-C）"},
    [](const absl::Status& status) -> int {
      return auditor::IsContradiction(status) ? kContradiction : policyctl::ExitCodeOf(status);
    }};

}  // namespace

int main(int argc, char** argv) {
  // What gRPC would log is in the error that is shown; who looks for a fault of gRPC sets it.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  google::protobuf::SetLogHandler(nullptr);  // likewise
  policyctl::CommandLine line(argc, argv, policyctl::ProcessEnvironment(), kAuditor);
  auditor::AddExportCommand(line);
  auditor::AddVerifyCommand(line);
  auditor::AddDiffCommand(line);
  auditor::AddQueryCommand(line);
  auditor::AddExplainCommand(line);
  auditor::AddDigestCommand(line);
  auditor::AddCompareCommand(line);
  auditor::AddWitnessCommand(line);
  auditor::AddReplayCommand(line);
  policyctl::TellWhenInterrupted(line.language(), line.changes());
  return line.Run();
}
