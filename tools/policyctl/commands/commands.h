// The commands, each in a file of its name. Each function adds a subcommand, or a group of them, to the line.
#pragma once

#include "tools/policyctl/command_line.h"

namespace seisaku::policyctl {

void AddPlanCommands(CommandLine& line);

}  // namespace seisaku::policyctl
