#include "absl/strings/str_join.h"
#include "services/base/status.h"
#include "tools/policyctl/commands/commands.h"

namespace seisaku::policyctl {
namespace {

absl::Status ListPlans(Session& session) {
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const catalog::v1::ListPlansResponse plans,
                   client->CallForAllPages(&Catalog::ListPlans, {}));
  Table table({{std::string(session.In(text::kId))},
               {std::string(session.In(text::kTitle)), Column::Align::kLeft, true},
               {std::string(session.In(text::kLevels)), Column::Align::kLeft, true},
               {std::string(session.In(text::kRule))}});
  for (const catalog::v1::Plan& plan : plans.plans())
    table.AddRow({plan.name(), plan.title(), absl::StrJoin(plan.levels(), " / "), plan.rule().method()});
  return session.output().Print(plans, table);
}

}  // namespace

void AddPlanCommands(CommandLine& line) {
  CLI::App& plan = line.Group("plan", text::kPlanHelp);
  line.Add(plan, {.name = "list", .help = text::kPlanListHelp, .example = "policyctl plan list"}, ListPlans);
}

}  // namespace seisaku::policyctl
