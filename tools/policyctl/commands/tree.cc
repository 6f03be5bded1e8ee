#include <memory>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "services/base/visible.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/commands/sheet_remarks.h"
#include "tools/policyctl/commands/tree_years.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl {
namespace {

struct TreeOptions {
  std::string plan;
  std::string as_of;
  std::string year;
  int depth = 0;
  bool kpis = false;
};

// Leaves out what lies deeper than asked for, and KPIs unless they are.
void Prune(const TreeOptions& options, catalog::v1::GetTreeResponse& tree) {
  catalog::v1::GetTreeResponse kept;
  for (catalog::v1::TreeItem& item : *tree.mutable_items()) {
    if (options.depth > 0 && item.depth() >= static_cast<uint32_t>(options.depth)) continue;
    if (item.has_kpi() && !options.kpis) continue;
    kept.add_items()->Swap(&item);
  }
  tree.mutable_items()->Swap(kept.mutable_items());
}

// How many directions of the KPIs that are shown are unconfirmed.
std::vector<std::string> Remarks(Language language, const catalog::v1::GetTreeResponse& tree) {
  int unconfirmed = 0;
  std::string plan;
  for (const catalog::v1::TreeItem& item : tree.items()) {
    if (!item.kpi().direction_unconfirmed()) continue;
    ++unconfirmed;
    plan = item.kpi().name().substr(0, item.kpi().name().find("/kpis/"));
  }
  return UnconfirmedRemark(language, unconfirmed, plan, text::kUnconfirmedIn);
}

// One line per item. Without a year to look from, what has an end or a later beginning says so.
std::string TreeText(const Session& session, const catalog::v1::GetTreeResponse& tree, bool marks_years,
                     const TableLayout& layout) {
  std::string text;
  const std::vector<ItemYears> all_years = YearsOf(tree);
  for (int i = 0; i < tree.items_size(); ++i) {
    const catalog::v1::TreeItem& item = tree.items(i);
    std::string line(size_t{item.depth()} * 2, ' ');
    if (item.has_kpi()) {
      line += session.Say(text::kTreeKpi, IdOf(item.kpi().name()), item.kpi().title());
      if (item.kpi().direction_unconfirmed()) line = session.Say(text::kUnconfirmedMark, line);
    } else {
      line += NodeText(item.node());
    }
    const ItemYears& years = all_years[static_cast<size_t>(i)];
    if (marks_years && years.begins_later) {
      line = session.Say(text::kTreeBegins, line, YearText(session.language(), years.first_year));
    }
    if (marks_years && years.retired_from_year != 0) {
      line = session.Say(text::kTreeRetired, line, YearText(session.language(), years.retired_from_year));
    }
    line = VisibleLine(line);
    text += layout.terminal_width ? CutToWidth(line, *layout.terminal_width, layout.ambiguous_width) : line;
    text += '\n';
  }
  for (const std::string& remark : Remarks(session.language(), tree)) text += WrapLine(remark, layout);
  return text;
}

Records TreeRecords(const catalog::v1::GetTreeResponse& tree) {
  Records records = {
      {"depth", "kind", "name", "number", "title", "departments", "retired_from_year", "first_year"}};
  const std::vector<ItemYears> all_years = YearsOf(tree);
  for (int i = 0; i < tree.items_size(); ++i) {
    const catalog::v1::TreeItem& item = tree.items(i);
    const bool is_kpi = item.has_kpi();
    const ItemYears& years = all_years[static_cast<size_t>(i)];
    const int retired = years.retired_from_year;
    records.push_back({std::to_string(item.depth()), is_kpi ? "kpi" : "node",
                       is_kpi ? item.kpi().name() : item.node().name(), item.node().number(),
                       is_kpi ? item.kpi().title() : item.node().title(),
                       absl::StrJoin(is_kpi ? item.kpi().departments() : item.node().departments(), " "),
                       retired == 0 ? "" : std::to_string(retired),
                       years.first_year == 0 ? "" : std::to_string(years.first_year)});
  }
  return records;
}

absl::Status ShowTree(Session& session, const TreeOptions& options) {
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  catalog::v1::GetTreeRequest request;
  if (!options.year.empty()) {
    ASSIGN_OR_RETURN(const int year, ParseFiscalYear(options.year));
    request.set_reporting_year(year);
  }
  RETURN_IF_ERROR(SetAsOf(options.as_of, request));
  ASSIGN_OR_RETURN(*request.mutable_parent(), ChoosePlan(session, options.plan, request.as_of(), "catalog"));
  ASSIGN_OR_RETURN(catalog::v1::GetTreeResponse tree,
                   client->CallForAllPages(&Catalog::GetTree, std::move(request)));
  Prune(options, tree);
  return session.output().Print(
      tree, [&](const TableLayout& layout) { return TreeText(session, tree, options.year.empty(), layout); },
      [&] { return TreeRecords(tree); });
}

}  // namespace

void AddTreeCommand(CommandLine& line) {
  auto options = std::make_shared<TreeOptions>();
  CLI::App& tree = line.Add(line.root(),
                            {.name = "tree",
                             .help = text::kTreeHelp,
                             .example = "policyctl tree --plan manifesto\n"
                                        "policyctl tree --plan strategy --depth 3 --fiscal-year R4"},
                            [options](Session& session) { return ShowTree(session, *options); });
  tree.add_option("--plan", options->plan, line.In(text::kPlanOption))->type_name("PLAN");
  tree.add_option("--depth", options->depth, line.In(text::kDepthOption))
      ->type_name("N")
      ->check(IsAtLeast(1));
  tree.add_flag("--kpis", options->kpis, line.In(text::kTreeKpisOption));
  tree.add_option("--fiscal-year", options->year, line.In(text::kTreeYearOption))->check(IsFiscalYear());
  tree.add_option("--as-of", options->as_of, line.In(text::kAsOfOption))->check(IsAsOf());
}

}  // namespace seisaku::policyctl
