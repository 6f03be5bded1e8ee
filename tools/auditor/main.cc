// auditor: watches the services' logs from outside.
#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "CLI/CLI.hpp"
#include "tools/auditor/commands.h"
#include "tools/auditor/witness.h"
#include "tools/policyctl/exit_code.h"
#include "tools/policyctl/failure.h"
#include "tools/policyctl/help.h"
#include "tools/policyctl/usage.h"

namespace {

using namespace seisaku;

constexpr policyctl::Text kProgramHelp = {
    "Watches that a log only grows; exit code 8: it contradicts itself",
    "ログが追記だけされているかを外から確かめる。矛盾があれば終了コード 8"};
// Beside policyctl's codes: the log is not what it said it was. Somebody has to look into it.
constexpr int kContradiction = 8;

int ExitCodeOf(const absl::Status& status) {
  return auditor::IsContradiction(status) ? kContradiction : policyctl::ExitCodeOf(status);
}

std::string Chosen(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? app.get_name() : app.get_name() + " " + commands.front()->get_name();
}

}  // namespace

int main(int argc, char** argv) {
  // What gRPC would log is in the error that is shown; who looks for a fault of gRPC sets it.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  const policyctl::Language language = policyctl::LanguageOf(policyctl::ProcessEnvironment());
  CLI::App app{std::string(policyctl::In(language, kProgramHelp)), "auditor"};
  policyctl::SetUpHelp(app, language);
  app.set_version_flag("--version", "auditor " SEISAKU_VERSION);
  app.require_subcommand(1);
  const auditor::Command commands[] = {auditor::AddWitnessCommand(app, language),
                                       auditor::AddExportCommand(app, language)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::cerr << policyctl::DescribeFailure(language, Chosen(app), policyctl::UsageError(app, error));
    return policyctl::kUsage;
  }
  const absl::Status status =
      std::ranges::find_if(commands, [](const auto& command) { return command.app->parsed(); })->run();
  if (!status.ok()) std::cerr << policyctl::DescribeFailure(language, Chosen(app), status);
  return ExitCodeOf(status);
}
