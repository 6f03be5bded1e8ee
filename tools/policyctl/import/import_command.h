// import manifesto, import progress-sheet.
#pragma once

#include "tools/policyctl/command_line.h"

namespace seisaku::policyctl {

// Exit codes beside the common ones: 3 where a fatal finding refuses the file (nothing was sent), 5 where
// something differs and was left alone (everything else was done).
void AddImportCommands(CommandLine& line);

}  // namespace seisaku::policyctl
