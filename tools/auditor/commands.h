// auditor's commands: the command line's side.
#pragma once

#include "tools/policyctl/command_line.h"

namespace seisaku::auditor {

void AddWitnessCommand(policyctl::CommandLine& line);
void AddExportCommand(policyctl::CommandLine& line);

}  // namespace seisaku::auditor
