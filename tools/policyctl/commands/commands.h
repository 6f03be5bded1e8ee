// The commands, each in a file of its name. Each function adds a subcommand, or a group of them, to the line.
#pragma once

#include "tools/policyctl/command_line.h"

namespace seisaku::policyctl {

void AddPlanCommands(CommandLine& line);        // plan create|list|show
void AddTreeCommand(CommandLine& line);         // tree
void AddKpiCommands(CommandLine& line);         // kpi list|show|confirm
void AddSheetCommand(CommandLine& line);        // sheet
void AddSummaryCommand(CommandLine& line);      // summary
void AddExplainCommand(CommandLine& line);      // explain
void AddActualCommands(CommandLine& line);      // actual record|correct|retract|history
void AddAssessmentCommands(CommandLine& line);  // assessment record
void AddNarrativeCommands(CommandLine& line);   // narrative record|retract|list
void AddDepartmentCommands(CommandLine& line);  // department list
void AddLogCommands(CommandLine& line);         // log list|show

}  // namespace seisaku::policyctl
