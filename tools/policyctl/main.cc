// policyctl: the staff's command line on the services' generated stubs.
#include "tools/policyctl/command_line.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/import/import_command.h"

int main(int argc, char** argv) {
  using namespace seisaku::policyctl;
  CommandLine line(argc, argv, ProcessEnvironment());
  AddPlanCommands(line);
  AddImportCommands(line);
  AddTreeCommand(line);
  AddKpiCommands(line);
  AddSheetCommand(line);
  AddSummaryCommand(line);
  AddExplainCommand(line);
  AddActualCommands(line);
  AddAssessmentCommands(line);
  AddNarrativeCommands(line);
  AddDepartmentCommands(line);
  AddLogCommands(line);
  return line.Run();
}
