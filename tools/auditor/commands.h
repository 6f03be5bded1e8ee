// auditor's commands: the command line's side.
#pragma once

#include <functional>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "tools/policyctl/messages.h"

namespace seisaku::auditor {

struct Command {
  const CLI::App* app;  // the parent's; parsed() where it was chosen
  std::function<absl::Status()> run;
};

// Each adds a command to `app`, whose parsing sets what `run` does.
Command AddWitnessCommand(CLI::App& app, policyctl::Language language);
Command AddExportCommand(CLI::App& app, policyctl::Language language);

}  // namespace seisaku::auditor
