// policyctl: the staff's command line on the services' generated stubs.
#include "tools/policyctl/command_line.h"
#include "tools/policyctl/commands/commands.h"

int main(int argc, char** argv) {
  using namespace seisaku::policyctl;
  CommandLine line(argc, argv, ProcessEnvironment());
  AddPlanCommands(line);
  return line.Run();
}
