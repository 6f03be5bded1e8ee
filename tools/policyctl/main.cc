// policyctl: the staff's command line on the services' generated stubs.
#include <cstdlib>

#include "tools/policyctl/command_line.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/import/import_command.h"
#include "tools/policyctl/interruption.h"

int main(int argc, char** argv) {
  using namespace seisaku::policyctl;
  // What gRPC would log is in the error that is shown; who looks for a fault of gRPC sets it.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
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
  TellWhenInterrupted(line.language(), line.changes());
  return line.Run();
}
