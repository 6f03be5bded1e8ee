#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "services/base/status.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/commands/kpi_confirm.h"
#include "tools/policyctl/commands/sheet_remarks.h"
#include "tools/policyctl/commands/sheet_table.h"
#include "tools/policyctl/commands/tree_years.h"
#include "tools/policyctl/department_titles.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl {
namespace {

struct KpiOptions {
  std::string kpi;
  std::string plan;
  std::string as_of;
};

std::string TitleOf(const Titles& titles, const std::string& name) {
  const auto found = titles.find(name);
  return found == titles.end() ? IdOf(name) : found->second;
}

std::string DepartmentsOf(const catalog::v1::Kpi& kpi, const Titles& titles) {
  std::string all;
  for (const std::string& name : kpi.departments()) all += (all.empty() ? "" : "・") + TitleOf(titles, name);
  return all;
}

std::string ComponentsOf(const catalog::v1::Kpi& kpi) {
  std::string all;
  for (const std::string& component : kpi.components()) all += (all.empty() ? "" : "・") + component;
  return all;
}

// Where a KPI stands in its plan.
struct PlaceInPlan {
  ItemYears years;   // in which it is part of the plan
  std::string node;  // what it is below, as people read it
};

// Of each KPI of the plan, by its name.
absl::StatusOr<std::map<std::string, PlaceInPlan>> PlacesIn(Client& client, const std::string& plan,
                                                            uint64_t position) {
  catalog::v1::GetTreeRequest request;
  request.set_parent(plan);
  request.mutable_as_of()->set_size(position);
  ASSIGN_OR_RETURN(const catalog::v1::GetTreeResponse tree,
                   client.CallForAllPages(&Catalog::GetTree, std::move(request)));
  std::map<std::string, PlaceInPlan> by_name;
  std::map<std::string, std::string> nodes;
  const std::vector<ItemYears> years = YearsOf(tree);
  for (int i = 0; i < tree.items_size(); ++i) {
    const catalog::v1::TreeItem& item = tree.items(i);
    if (item.has_node()) nodes[item.node().name()] = NodeText(item.node());
    if (item.has_kpi())
      by_name[item.kpi().name()] = {years[static_cast<size_t>(i)], nodes[item.kpi().node()]};
  }
  return by_name;
}

absl::Status ListKpis(Session& session, const KpiOptions& options) {
  catalog::v1::ListKpisRequest request;
  RETURN_IF_ERROR(SetAsOf(options.as_of, request));
  ASSIGN_OR_RETURN(*request.mutable_parent(), ChoosePlan(session, options.plan, request.as_of(), "catalog"));
  const std::string plan = request.parent();
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const catalog::v1::ListKpisResponse response,
                   client->CallForAllPages(&Catalog::ListKpis, std::move(request)));
  ASSIGN_OR_RETURN(auto places, PlacesIn(*client, plan, response.position()));
  const Titles departments = DepartmentTitles(session, *client, response.position());
  const auto title = [&session](const Text& text) { return std::string(session.In(text)); };
  using Align = Column::Align;
  Table table({{title(text::kId), Align::kLeft, false, 6},
               {title(text::kKpi), Align::kLeft, true},
               {title(text::kUnit), Align::kLeft, false, 5},
               {title(text::kDirection)},
               {title(text::kComponents), Align::kLeft, false, 2},
               {title(text::kDepartments), Align::kLeft, true, 1},
               {title(text::kFirstYear), Align::kLeft, false, 3},
               {title(text::kRetiredFrom), Align::kLeft, false, 4}});
  const auto year_text = [&session](int year) {
    return year == 0 ? std::string() : YearText(session.language(), year);
  };
  for (const catalog::v1::Kpi& kpi : response.kpis()) {
    const ItemYears& of_kpi = places[kpi.name()].years;
    table.AddRow({IdOf(kpi.name()), kpi.title(), kpi.unit(), DirectionText(session.language(), kpi),
                  ComponentsOf(kpi), DepartmentsOf(kpi, departments), year_text(of_kpi.first_year),
                  year_text(of_kpi.retired_from_year)});
  }
  const auto unconfirmed = std::count_if(response.kpis().begin(), response.kpis().end(),
                                         [](const auto& kpi) { return kpi.direction_unconfirmed(); });
  const std::vector<std::string> remarks =
      UnconfirmedRemark(session.language(), static_cast<int>(unconfirmed), plan, text::kUnconfirmedIn);
  return session.output().Print(
      response,
      [&](const TableLayout& layout) {
        std::string shown = RenderFitting(session.language(), table, layout);
        for (const std::string& remark : remarks) shown += WrapLine(remark, layout);
        return shown;
      },
      [&table] { return table.Records(); });
}

std::string DirectionOf(const Session& session, const catalog::v1::Kpi& kpi) {
  const std::string direction = DirectionText(session.language(), kpi.direction());
  return kpi.direction_unconfirmed() ? session.Say(text::kUnconfirmedOf, direction) : direction;
}

// The KPI's facts, a line each, then its targets. It is part of the plan in `years`.
Table KpiTable(const Session& session, const catalog::v1::Kpi& kpi, const Titles& departments,
               const PlaceInPlan& place) {
  const ItemYears& years = place.years;
  const auto title = [&session](const Text& text) { return std::string(session.In(text)); };
  Table table = FactTable(title(text::kItem), title(text::kContent));
  const auto add = [&](const Text& label, std::string content) {
    if (!content.empty()) table.AddRow({title(label), std::move(content)});
  };
  add(text::kName, kpi.name());
  add(text::kTitle, kpi.title());
  add(text::kNode, place.node.empty() ? kpi.node() : fmt::format("{} ({})", place.node, IdOf(kpi.node())));
  add(text::kUnit, kpi.unit());
  add(text::kDirection, DirectionOf(session, kpi));
  add(text::kTolerance, kpi.tolerance().value());
  add(text::kComponents, ComponentsOf(kpi));
  add(text::kDepartments, DepartmentsOf(kpi, departments));
  for (const type::v1::ComponentValue& baseline : kpi.baseline())
    table.AddRow({title(text::kBaseline) + " " + baseline.component(), ValueText(baseline.value())});
  for (const catalog::v1::Target& target : kpi.targets()) {
    for (const type::v1::ComponentValue& value : target.values()) {
      std::string label = session.Say(text::kTargetOf, YearText(session.language(), target.reporting_year()));
      if (!value.component().empty()) label += " " + value.component();
      table.AddRow(
          {label, session.Say(text::kValueAndRevision, ValueText(value.value()), target.revision())});
    }
  }
  if (years.first_year != 0) add(text::kFirstYear, YearText(session.language(), years.first_year));
  if (years.retired_from_year != 0)
    add(text::kRetiredFrom, YearText(session.language(), years.retired_from_year));
  table.AddRow({"etag", kpi.etag()});
  return table;
}

absl::Status ShowKpi(Session& session, const KpiOptions& options) {
  catalog::v1::GetKpiRequest request;
  RETURN_IF_ERROR(SetAsOf(options.as_of, request));
  ASSIGN_OR_RETURN(*request.mutable_name(),
                   KpiForReading(session, options.kpi, options.plan, request.as_of(), "catalog"));
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const catalog::v1::GetKpiResponse response,
                   client->Call(&Catalog::GetKpi, std::move(request)));
  if (session.output().options().format == Format::kJson) return session.output().Print(response, Table({}));
  const std::string& name = response.kpi().name();
  ASSIGN_OR_RETURN(auto places, PlacesIn(*client, name.substr(0, name.find("/kpis/")), response.position()));
  const Titles departments = DepartmentTitles(session, *client, response.position());
  const Table table = KpiTable(session, response.kpi(), departments, places[name]);
  return session.output().Print(
      response,
      [&](const TableLayout& layout) {
        const std::string shown = RenderFitting(session.language(), table, layout);
        if (!response.kpi().direction_unconfirmed()) return shown;
        return shown + fmt::format("\n{}\n  {}\n", session.In(text::kToConfirm), ConfirmCommand(name));
      },
      [&table] { return table.Records(); });
}

}  // namespace

void AddKpiCommands(CommandLine& line) {
  CLI::App& kpi =
      line.Group({.name = "kpi", .help = text::kKpiHelp, .example = "policyctl kpi show 健康寿命"});
  auto options = std::make_shared<KpiOptions>();
  if (!line.readers_only()) AddKpiConfirm(line, kpi);

  CLI::App& list = line.Add(
      kpi, {.name = "list", .help = text::kKpiListHelp, .example = "policyctl kpi list --plan strategy"},
      [options](Session& session) { return ListKpis(session, *options); });
  list.add_option("--plan", options->plan, line.In(text::kPlanOption))->type_name("PLAN");
  list.add_option("--as-of", options->as_of, line.In(text::kAsOfOption))->check(IsAsOf());

  CLI::App& show =
      line.Add(kpi, {.name = "show", .help = text::kKpiShowHelp, .example = "policyctl kpi show 健康寿命"},
               [options](Session& session) { return ShowKpi(session, *options); });
  show.add_option("KPI", options->kpi, line.In(text::kKpiArgument))->required();
  show.add_option("--plan", options->plan, line.In(text::kPlanOption))->type_name("PLAN");
  show.add_option("--as-of", options->as_of, line.In(text::kAsOfOption))->check(IsAsOf());
}

}  // namespace seisaku::policyctl
