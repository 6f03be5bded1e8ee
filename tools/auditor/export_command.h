// auditor export: the command line's side.
#pragma once

#include <functional>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "tools/policyctl/messages.h"

namespace seisaku::auditor {

// Adds the command to `app`; when it was chosen, `chosen` holds what it does afterwards. Both outlive the
// parsing.
void AddExportCommand(CLI::App& app, policyctl::Language language, std::function<absl::Status()>& chosen);

}  // namespace seisaku::auditor
