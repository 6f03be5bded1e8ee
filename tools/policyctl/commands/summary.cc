#include <algorithm>
#include <memory>
#include <vector>

#include "fmt/format.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/commands/sheet_remarks.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl {
namespace {

using progress::v1::GetSummaryResponse;
using progress::v1::NodeSummary;
using progress::v1::SummaryCounts;

struct SummaryOptions {
  std::string plan;
  std::string year;
  std::string as_of;
  int level = 0;
};

std::string NodeTitle(const Session& session, const NodeSummary& summary) {
  return summary.node().name().empty() ? std::string(session.In(text::kWholePlan)) : NodeText(summary.node());
}

// The derived count, and the official one after a bar: "14 | 13".
std::string Pair(uint32_t derived, uint32_t official) { return fmt::format("{} | {}", derived, official); }

Table SummaryTable(const Session& session, const GetSummaryResponse& response) {
  const auto right = [&session](const Text& text, int left_out = 0) {
    return Column{std::string(session.In(text)), Column::Align::kRight, false, left_out};
  };
  Table table({{std::string(session.In(text::kGoals)), Column::Align::kLeft, true},
               right(text::kKpi),
               right(text::kOnTrack),
               right(text::kMostlyOnTrack),
               right(text::kDelayed),
               right(text::kNotEvaluable),
               right(text::kUndeclared, 2),
               right(text::kDiffering, 3),
               right(text::kAwaiting, 1)});
  for (const NodeSummary& node : response.nodes()) {
    const SummaryCounts& derived = node.derived();
    const SummaryCounts& official = node.official();
    table.AddRow({NodeTitle(session, node), std::to_string(derived.kpis()),
                  Pair(derived.on_track(), official.on_track()),
                  Pair(derived.mostly_on_track(), official.mostly_on_track()),
                  Pair(derived.delayed(), official.delayed()),
                  Pair(derived.not_evaluable(), official.not_evaluable()),
                  std::to_string(official.undeclared()), std::to_string(node.differing()),
                  std::to_string(node.awaiting_actual())});
  }
  return table;
}

Records SummaryRecords(const Session& session, const GetSummaryResponse& response) {
  Records records = {{"node", "title", "kpis", "derived_on_track", "official_on_track",
                      "derived_mostly_on_track", "official_mostly_on_track", "derived_delayed",
                      "official_delayed", "derived_not_evaluable", "official_not_evaluable", "undeclared",
                      "differing", "awaiting_actual"}};
  for (const NodeSummary& node : response.nodes()) {
    const SummaryCounts& derived = node.derived();
    const SummaryCounts& official = node.official();
    records.push_back({node.node().name(), NodeTitle(session, node)});
    for (const uint32_t count :
         {derived.kpis(), derived.on_track(), official.on_track(), derived.mostly_on_track(),
          official.mostly_on_track(), derived.delayed(), official.delayed(), derived.not_evaluable(),
          official.not_evaluable(), official.undeclared(), node.differing(), node.awaiting_actual()})
      records.back().push_back(std::to_string(count));
  }
  return records;
}

// How many KPIs of the sheet that is counted are not judged because their direction is unconfirmed.
absl::StatusOr<int> CountUnconfirmed(Client& client, const std::string& plan, int year, uint64_t position) {
  progress::v1::GetProgressSheetRequest request;
  request.set_parent(plan);
  request.set_reporting_year(year);
  request.mutable_as_of()->set_size(position);
  ASSIGN_OR_RETURN(const progress::v1::GetProgressSheetResponse sheet,
                   client.CallForAllPages(&Progress::GetProgressSheet, std::move(request)));
  return static_cast<int>(std::count_if(sheet.rows().begin(), sheet.rows().end(),
                                        [](const auto& row) { return row.kpi().direction_unconfirmed(); }));
}

// What a reader of the counts must know.
absl::StatusOr<std::vector<std::string>> Remarks(Session& session, const std::string& plan, int year,
                                                 const GetSummaryResponse& response) {
  const bool all_judged = std::all_of(response.nodes().begin(), response.nodes().end(),
                                      [](const auto& node) { return node.derived().not_evaluable() == 0; });
  if (all_judged || session.output().options().format != Format::kTable) return std::vector<std::string>();
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const int unconfirmed, CountUnconfirmed(*client, plan, year, response.position()));
  return UnconfirmedRemark(session.language(), unconfirmed, plan, text::kUnconfirmedRemark);
}

absl::Status ShowSummary(Session& session, const SummaryOptions& options) {
  progress::v1::GetSummaryRequest request;
  ASSIGN_OR_RETURN(const int year, ParseFiscalYear(options.year));
  request.set_reporting_year(year);
  request.set_level(options.level);
  RETURN_IF_ERROR(SetAsOf(options.as_of, request));
  ASSIGN_OR_RETURN(*request.mutable_parent(), ChoosePlan(session, options.plan, request.as_of()));
  const std::string plan = request.parent();
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const GetSummaryResponse response,
                   client->Call(&Progress::GetSummary, std::move(request)));
  ASSIGN_OR_RETURN(const std::vector<std::string> remarks, Remarks(session, plan, year, response));
  return session.output().Print(
      response,
      [&](const TableLayout& layout) {
        std::string shown = session.Say(text::kSummaryTitle, YearText(session.language(), year)) + "\n\n" +
                            RenderFitting(session.language(), SummaryTable(session, response), layout) + "\n";
        for (const std::string& remark : remarks) shown += WrapLine(remark, layout);
        return shown + session.Say(text::kPositionLine, response.position()) + "\n";
      },
      [&] { return SummaryRecords(session, response); });
}

}  // namespace

void AddSummaryCommand(CommandLine& line) {
  auto options = std::make_shared<SummaryOptions>();
  CLI::App& summary = line.Add(line.root(),
                               {.name = "summary",
                                .help = text::kSummaryHelp,
                                .example = "policyctl summary --plan strategy --fiscal-year 2022 --level 1"},
                               [options](Session& session) { return ShowSummary(session, *options); });
  summary.add_option("--plan", options->plan, line.In(text::kPlanOption))->type_name("PLAN");
  summary.add_option("--fiscal-year", options->year, line.In(text::kYearOption))
      ->check(IsFiscalYear())
      ->required();
  summary.add_option("--level", options->level, line.In(text::kLevelOption))
      ->type_name("N")
      ->check(IsBetween(0, 7).description(""));
  summary.add_option("--as-of", options->as_of, line.In(text::kAsOfOption))->check(IsAsOf());
}

}  // namespace seisaku::policyctl
