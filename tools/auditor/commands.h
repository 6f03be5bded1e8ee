// auditor's commands: the command line's side.
#pragma once

#include "tools/policyctl/command_line.h"

namespace seisaku::auditor {

void AddWitnessCommand(policyctl::CommandLine& line);
void AddExportCommand(policyctl::CommandLine& line);
void AddVerifyCommand(policyctl::CommandLine& line);
void AddDiffCommand(policyctl::CommandLine& line);
void AddQueryCommand(policyctl::CommandLine& line);
void AddCompareCommand(policyctl::CommandLine& line);
void AddExplainCommand(policyctl::CommandLine& line);
void AddDigestCommand(policyctl::CommandLine& line);
// Last: what is added to the line afterwards is added below it.
void AddReplayCommand(policyctl::CommandLine& line);

}  // namespace seisaku::auditor
