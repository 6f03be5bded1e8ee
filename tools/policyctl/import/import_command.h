// import manifesto, import progress-sheet.
#pragma once

#include "tools/policyctl/command_line.h"

namespace seisaku::policyctl {

// Exit codes beside the common ones: 3 where a fatal finding refuses the file (nothing was sent), 9 where a
// row or a value was left out, 5 where something differs and was left alone (everything else was done); of a
// dry run as of the import itself.
void AddImportCommands(CommandLine& line);

}  // namespace seisaku::policyctl
