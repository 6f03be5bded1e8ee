#include <memory>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "services/base/status.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/commands/plan_file.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl {
namespace {

struct PlanOptions {
  std::string id;
  std::string file;
  std::string request_id;
  std::string as_of;
};

std::string RuleText(const Session& session, const catalog::v1::Plan& plan) {
  if (!plan.has_rule()) return "";
  return session.Say(text::kRuleLine, plan.rule().method(), plan.rule_version(),
                     plan.rule().on_track_percent().value(), plan.rule().mostly_on_track_percent().value());
}

Table PlanTable(const Session& session, const google::protobuf::RepeatedPtrField<catalog::v1::Plan>& plans) {
  Table table({{std::string(session.In(text::kId))},
               {std::string(session.In(text::kTitle)), Column::Align::kLeft, true},
               {std::string(session.In(text::kLevels)), Column::Align::kLeft, true},
               {std::string(session.In(text::kRule)), Column::Align::kLeft, true}});
  for (const catalog::v1::Plan& plan : plans)
    table.AddRow(
        {IdOf(plan.name()), plan.title(), absl::StrJoin(plan.levels(), " / "), RuleText(session, plan)});
  return table;
}

// One change through ApplyCatalog, because it takes the reason and finds that nothing changes.
absl::Status CreatePlan(Session& session, const PlanOptions& options) {
  ASSIGN_OR_RETURN(PlanFile file, ReadPlanFile(options.file));
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  catalog::v1::ApplyCatalogRequest request;
  request.set_request_id(options.request_id);
  catalog::v1::Change& change = *request.add_changes();
  change.set_reason(file.reason);
  *change.mutable_create_plan() = std::move(file.plan);
  change.mutable_create_plan()->set_name(PlanName(options.id));
  ASSIGN_OR_RETURN(const catalog::v1::ApplyCatalogResponse response,
                   client->Call(&Catalog::ApplyCatalog, std::move(request)));
  const bool created = response.receipt().entries() > 0;
  return session.output().Print(
      response,
      [&](const TableLayout&) {
        return session.Say(created ? text::kPlanCreated : text::kPlanUnchanged, PlanName(options.id)) + "\n";
      },
      [&] {
        return Records{{"name", "result"}, {PlanName(options.id), created ? "created" : "unchanged"}};
      });
}

absl::Status ListPlans(Session& session, const PlanOptions& options) {
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  catalog::v1::ListPlansRequest request;
  RETURN_IF_ERROR(SetAsOf(options.as_of, request));
  ASSIGN_OR_RETURN(const catalog::v1::ListPlansResponse response,
                   client->CallForAllPages(&Catalog::ListPlans, std::move(request)));
  return session.output().Print(response, PlanTable(session, response.plans()));
}

absl::Status ShowPlan(Session& session, const PlanOptions& options) {
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  catalog::v1::GetPlanRequest request;
  request.set_name(PlanName(options.id));
  RETURN_IF_ERROR(SetAsOf(options.as_of, request));
  ASSIGN_OR_RETURN(const catalog::v1::GetPlanResponse response,
                   client->Call(&Catalog::GetPlan, std::move(request)));
  const catalog::v1::Plan& plan = response.plan();
  Table table = FactTable(std::string(session.In(text::kItem)), std::string(session.In(text::kContent)));
  table.AddRow({std::string(session.In(text::kName)), plan.name()});
  table.AddRow({std::string(session.In(text::kTitle)), plan.title()});
  table.AddRow({std::string(session.In(text::kLevels)), absl::StrJoin(plan.levels(), " / ")});
  table.AddRow({std::string(session.In(text::kRule)), RuleText(session, plan)});
  table.AddRow({"etag", plan.etag()});
  return session.output().Print(response, table);
}

void AddCreate(CommandLine& line, CLI::App& plan, const std::shared_ptr<PlanOptions>& options) {
  CLI::App& create =
      line.Add(plan,
               {.name = "create",
                .help = text::kPlanCreateHelp,
                .example = "policyctl plan create strategy --file deploy/sample/isesaki/strategy.toml"},
               [options](Session& session) { return CreatePlan(session, *options); });
  create.add_option("ID", options->id, line.In(text::kPlanIdArgument))->required();
  create.add_option("--file", options->file, line.In(text::kPlanFileOption))->type_name("FILE")->required();
  create.add_option("--request-id", options->request_id, line.In(text::kRequestIdOption))->type_name("UUID");
}

}  // namespace

void AddPlanCommands(CommandLine& line) {
  CLI::App& plan = line.Group({.name = "plan", .help = text::kPlanHelp, .example = "policyctl plan list"});
  auto options = std::make_shared<PlanOptions>();

  if (!line.readers_only()) AddCreate(line, plan, options);

  CLI::App& list = line.Add(plan,
                            {.name = "list",
                             .help = text::kPlanListHelp,
                             .example = "policyctl plan list -o json\npolicyctl plan list --as-of R5.6.1"},
                            [options](Session& session) { return ListPlans(session, *options); });
  list.add_option("--as-of", options->as_of, line.In(text::kAsOfOption))->check(IsAsOf());

  CLI::App& show =
      line.Add(plan, {.name = "show", .help = text::kPlanShowHelp, .example = "policyctl plan show strategy"},
               [options](Session& session) { return ShowPlan(session, *options); });
  show.add_option("ID", options->id, line.In(text::kPlanIdArgument))->required();
  show.add_option("--as-of", options->as_of, line.In(text::kAsOfOption))->check(IsAsOf());
}

}  // namespace seisaku::policyctl
