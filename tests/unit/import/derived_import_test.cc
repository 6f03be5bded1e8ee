// Sheets that nobody has seen, imported: the plan and its figures must be, for every year, what the sheets
// were printed from.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>
#include <set>
#include <string_view>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "services/base/quantity.h"
#include "tests/support/documents/derived_sheet.h"
#include "tests/support/documents/random_source.h"
#include "tests/unit/import/importing.h"
#include "tools/policyctl/import/differences.h"
#include "tools/policyctl/import/node_matching.h"
#include "tools/policyctl/import/values.h"

namespace seisaku::policyctl::imports {
namespace {

using documents::CellValue;
using documents::DerivedSheet;
using documents::KpiRow;
using Lines = std::vector<std::string>;

size_t Count(size_t ci, size_t full) {
  const char* scale = std::getenv("SEISAKU_SCALE");
  return scale != nullptr && std::string_view(scale) == "full" ? full : ci;
}

std::string Shown(const Quantity& quantity) { return seisaku::Format(ToBaseUnit(quantity)); }

// A figure as it is printed, and as it is kept.
Lines Shown(const CellValue& cell, int year) {
  Lines values;
  std::string period;
  if (cell.period && (cell.period->kind != ObservedPeriod::Kind::kFiscalYear || cell.period->year != year)) {
    period = fmt::format(" of {}", PeriodName(*cell.period));
  }
  for (const documents::Component& number : cell.numbers)
    values.push_back(number.name + ":" + Shown(number.quantity) + period);
  if (cell.kind == CellValue::Kind::kText) values.push_back(":" + cell.text + period);
  std::sort(values.begin(), values.end());
  return values;
}

std::string Shown(const std::string& component, const type::v1::Value& value) {
  std::string text = component + ":" + value.text();
  if (value.has_number()) {
    const auto number = Decimal::Parse(value.number().value().value());
    text += number.ok() ? Shown({*number, value.number().unit()}) : "no number";
  }
  if (value.observed_period().has_fiscal_year()) {
    text += " of " + PeriodName({ObservedPeriod::Kind::kFiscalYear, value.observed_period().fiscal_year()});
  } else if (value.observed_period().has_calendar_year()) {
    text +=
        " of " + PeriodName({ObservedPeriod::Kind::kCalendarYear, value.observed_period().calendar_year()});
  }
  return text;
}

std::string Joined(Lines parts) {
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  return absl::StrJoin(parts, "+");
}

// The plan as it is, each node with the titles from the highest one down to it.
struct PlanNow {
  explicit PlanNow(const CityServices& city) : plan(city.Plan()), tree(plan) {
    for (const catalog::v1::Node& node : plan.nodes) {
      std::string& path = paths[node.name()];
      for (const catalog::v1::Node* at = &node; at != nullptr; at = tree.Find(at->parent()))
        path = "/" + at->title() + path;
    }
  }
  PlanNow(const PlanNow&) = delete;

  const ExistingPlan plan;
  const ExistingTree tree;
  std::map<std::string, std::string> paths{{"", ""}};
};

// Sheets of one plan, imported in an order.
class Imports {
 public:
  explicit Imports(const std::vector<DerivedSheet>& sheets)
      : sheets_(sheets), city_(sheets[0].expected.levels) {
    for (const DerivedSheet& sheet : sheets) {
      std::vector<std::string>& paths = paths_.emplace_back();
      for (const documents::Node& node : sheet.expected.nodes)
        paths.push_back((node.parent < 0 ? "" : paths[static_cast<size_t>(node.parent)]) + "/" + node.title);
    }
  }

  // Imports a sheet; what differs from what was derived goes to `wrong`.
  void Import(size_t sheet) {
    const ImportPlan plan =
        ImportSheet(city_, sheets_[sheet].text, {.confirm = Confirmed(sheet), .force = true});
    const int unfit = static_cast<int>(Findings(plan, "VALUE_LEFT_OUT").size());
    const int after = static_cast<int>(Findings(plan, "AFTER_THE_END").size());
    imported_.insert(sheet);
    if (plan.conflicts != 0 || plan.left_out != unfit + after || unfit > Unfit(sheet) ||
        after > AfterTheEnd(sheet)) {
      Tell(fmt::format("{} conflicts, {} left out of sheet {}", plan.conflicts, plan.left_out, sheet),
           FindingsOf(plan));
    }
    const PlanNow now(city_);
    for (const size_t each : imported_) Compare(each, now);
    CompareFigures(now);
    CompareOrder(now);
  }

  void ImportAgain(size_t sheet) {
    const ImportPlan plan =
        PlanSheet(city_, sheets_[sheet].text, {.confirm = Confirmed(sheet), .force = true});
    if (!Kinds(plan).empty()) Tell(fmt::format("sheet {} again changes the plan", sheet), ChangesOf(plan));
  }

  const std::string& wrong() const { return wrong_; }

 private:
  int YearOf(size_t sheet) const { return sheets_[sheet].expected.fiscal_year; }

  // Whatever the plan does not have yet is new.
  std::string Confirmed(size_t sheet) const {
    std::map<std::string, std::set<int>> called;
    for (const DerivedSheet& each : sheets_) {
      for (size_t i = 0; i < each.kpis.size(); ++i)
        called[each.expected.rows[i].name].insert(each.kpis[i].id);
    }
    std::set<std::string> tables;
    for (size_t i = 0; i < sheets_[sheet].kpis.size(); ++i) {
      const KpiRow& row = sheets_[sheet].expected.rows[i];
      const std::string& id = sheets_[sheet].kpis[i].confirmed_id;
      const std::string& action = sheets_[sheet].expected.nodes[static_cast<size_t>(row.node)].title;
      const bool is_clear = called[row.name].size() == 1;
      tables.insert(fmt::format("[[kpi.\"{}\"]]\nnew = true\n{}{}", row.name,
                                is_clear ? "" : fmt::format("heading = \"{}\"\n", action),
                                id.empty() ? "" : fmt::format("id = \"{}\"\n", id)));
    }
    return absl::StrJoin(tables, "");
  }

  // Words beside several numbers are no target that the plan can hold.
  static bool Fits(const KpiRow& row, const CellValue& target) {
    return target.kind == CellValue::Kind::kNumbers || row.components.empty();
  }

  // The most targets of the sheet that are such words.
  int Unfit(size_t sheet) const {
    int unfit = 0;
    for (const KpiRow& row : sheets_[sheet].expected.rows) {
      for (const documents::YearFigures& year : row.years)
        unfit += year.target && year.target->kind == CellValue::Kind::kText && !Fits(row, *year.target);
    }
    return unfit;
  }

  // The first year of an imported sheet that no longer prints the KPI; 0 for none. There is no target of that
  // year or a later one.
  int EndOf(int id) const {
    int end = 0;
    for (auto sheet = imported_.rbegin(); sheet != imported_.rend(); ++sheet) {
      const auto& kpis = sheets_[*sheet].kpis;
      if (std::any_of(kpis.begin(), kpis.end(), [id](const auto& kpi) { return kpi.id == id; })) break;
      end = YearOf(*sheet);
    }
    return end;
  }
  static bool IsAfter(int year, int end) { return end != 0 && year >= end; }

  // The most targets of the sheet that come too late.
  int AfterTheEnd(size_t sheet) const {
    int after = 0;
    for (size_t i = 0; i < sheets_[sheet].kpis.size(); ++i) {
      const int end = EndOf(sheets_[sheet].kpis[i].id);
      for (const documents::YearFigures& year : sheets_[sheet].expected.rows[i].years)
        after += year.target && IsAfter(year.year, end);
    }
    return after;
  }

  const std::string& PathOf(size_t sheet, int node) const { return paths_[sheet][static_cast<size_t>(node)]; }

  // What all imported sheets say that a KPI is counted in.
  std::string CountedIn(int id) const {
    for (const size_t sheet : imported_) {
      for (size_t i = 0; i < sheets_[sheet].kpis.size(); ++i) {
        const KpiRow& row = sheets_[sheet].expected.rows[i];
        if (sheets_[sheet].kpis[i].id != id || (row.unit.empty() && row.components.empty())) continue;
        return fmt::format("{} {}", row.unit, fmt::join(row.components, "+"));
      }
    }
    return " ";
  }

  Lines Printed(size_t sheet) const {
    Lines lines;
    const documents::ProgressSheet& expected = sheets_[sheet].expected;
    for (size_t i = 0; i < expected.rows.size(); ++i) {
      const KpiRow& row = expected.rows[i];
      std::vector<int> causes;
      for (const documents::Cause cause : row.causes) causes.push_back(ToProto(cause));
      lines.push_back(fmt::format("{}/{} in {} by {}: {} {} | {} | {} | {} | {}", PathOf(sheet, row.node),
                                  row.name, CountedIn(sheets_[sheet].kpis[i].id), Joined(row.departments),
                                  static_cast<int>(ToProto(row.judgement)), fmt::join(causes, ","),
                                  row.implementation_status.text, row.reason_for_delay.text, row.issues.text,
                                  row.next_steps.text));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  Lines Kept(int year, const PlanNow& now) const {
    std::map<std::string, std::string> departments;
    for (const auto& department : now.plan.departments) departments[department.name()] = department.title();
    std::map<std::pair<std::string, int>, std::string> texts;
    for (const auto& narrative : city_.Narratives(year))
      texts[{narrative.kpi(), narrative.kind()}] = narrative.text();
    Lines lines;
    const progress::v1::GetProgressSheetResponse sheet = city_.Sheet(year);
    for (const progress::v1::SheetRow& row : sheet.rows()) {
      const catalog::v1::Kpi& kpi = row.kpi();
      Lines titles;
      for (const std::string& name : kpi.departments()) titles.push_back(departments[name]);
      const auto& official = row.evaluation().official();
      const auto text = [&](progress::v1::NarrativeKind kind) { return texts[{kpi.name(), kind}]; };
      lines.push_back(fmt::format("{}/{} in {} {} by {}: {} {} | {} | {} | {} | {}", now.paths.at(kpi.node()),
                                  kpi.title(), kpi.unit(), fmt::join(kpi.components(), "+"), Joined(titles),
                                  static_cast<int>(official.judgement()), fmt::join(official.causes(), ","),
                                  text(progress::v1::NARRATIVE_KIND_IMPLEMENTATION_STATUS),
                                  text(progress::v1::NARRATIVE_KIND_REASON_FOR_DELAY),
                                  text(progress::v1::NARRATIVE_KIND_ISSUES),
                                  text(progress::v1::NARRATIVE_KIND_NEXT_STEPS)));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  void Compare(size_t sheet, const PlanNow& now) {
    CompareLines(fmt::format("FY{} after sheets {}", YearOf(sheet), fmt::join(imported_, ", ")),
                 Printed(sheet), Kept(YearOf(sheet), now));
  }

  // The figures of every year, wherever they were printed.
  void CompareFigures(const PlanNow& now) {
    std::set<std::string> printed;
    for (const size_t sheet : imported_) {
      const documents::ProgressSheet& expected = sheets_[sheet].expected;
      for (size_t i = 0; i < expected.rows.size(); ++i) {
        const KpiRow& row = expected.rows[i];
        const int end = EndOf(sheets_[sheet].kpis[i].id);
        const std::string kpi = fmt::format("{}/{}", PathOf(sheet, row.node), row.name);
        for (const documents::YearFigures& year : row.years) {
          if (year.target && Fits(row, *year.target) && !IsAfter(year.year, end)) {
            for (const std::string& value : Shown(*year.target, year.year))
              printed.insert(fmt::format("{} FY{} target {}", kpi, year.year, value));
          }
          if (!year.actual) continue;
          for (const std::string& value : Shown(*year.actual, year.year))
            printed.insert(
                fmt::format("{} FY{} actual {}{}", kpi, year.year, value, year.met_proposed ? "!" : ""));
        }
      }
    }
    std::set<std::string> kept;
    std::map<std::string, std::string> names;
    for (const catalog::v1::Kpi& kpi : now.plan.kpis) {
      const std::string& name = names[kpi.name()] =
          fmt::format("{}/{}", now.paths.at(kpi.node()), kpi.title());
      for (const catalog::v1::Target& target : kpi.targets()) {
        if (IsAfter(target.reporting_year(), now.tree.EndOf(kpi))) continue;
        for (const type::v1::ComponentValue& value : target.values())
          kept.insert(fmt::format("{} FY{} target {}", name, target.reporting_year(),
                                  Shown(value.component(), value.value())));
      }
    }
    for (const progress::v1::Actual& actual : city_.Actuals()) {
      kept.insert(fmt::format("{} FY{} actual {}{}", names[actual.kpi()], actual.reporting_year(),
                              Shown(actual.component(), actual.value()),
                              actual.qualitative_met() ? "!" : ""));
    }
    CompareLines(fmt::format("figures after sheets {}", fmt::join(imported_, ", ")),
                 {printed.begin(), printed.end()}, {kept.begin(), kept.end()});
  }

  // Numbers and order are the newest sheet's.
  void CompareOrder(const PlanNow& now) {
    const size_t newest = *imported_.rbegin();
    const documents::ProgressSheet& expected = sheets_[newest].expected;
    Lines printed;
    for (const KpiRow& row : expected.rows) printed.push_back(row.name);
    Lines kept;
    const progress::v1::GetProgressSheetResponse sheet = city_.Sheet(YearOf(newest));
    for (const progress::v1::SheetRow& row : sheet.rows()) kept.push_back(row.kpi().title());
    CompareLines(fmt::format("rows in order after sheets {}", fmt::join(imported_, ", ")), printed, kept);

    std::map<std::string, Lines> in_print;  // below each heading; twins together
    for (const documents::Node& node : expected.nodes)
      in_print[node.parent < 0 ? "" : PathOf(newest, node.parent)].push_back(node.title);
    std::map<std::string, Lines> in_plan;
    for (const catalog::v1::Node& node : now.plan.nodes) {
      if (now.tree.In(YearOf(newest), node) == Standing::kInForce)
        in_plan[now.paths.at(node.parent())].push_back(node.title());
    }
    for (auto& [path, titles] : in_print) {
      if (std::count(paths_[newest].begin(), paths_[newest].end(), path) > 1) {
        std::sort(titles.begin(), titles.end());
        std::sort(in_plan[path].begin(), in_plan[path].end());
      }
      CompareLines(fmt::format("below \"{}\" after sheets {}", path, fmt::join(imported_, ", ")), titles,
                   in_plan[path]);
    }
    CompareNumbers(newest, now);
  }

  // A number that is written otherwise than its level's others is not taken.
  void CompareNumbers(size_t sheet, const PlanNow& now) {
    const documents::ProgressSheet read = documents::ReadProgressSheet(sheets_[sheet].text, {});
    std::set<std::pair<int, int>> damaged;
    for (const documents::Finding& finding : read.findings) {
      if (finding.code == "NUMBER_DAMAGED") damaged.emplace(finding.line, finding.column);
    }
    std::multimap<std::string, std::string> numbers;
    for (const catalog::v1::Node& node : now.plan.nodes) {
      if (now.tree.In(YearOf(sheet), node) == Standing::kInForce)
        numbers.emplace(now.paths.at(node.name()), node.number());
    }
    for (size_t i = 0; i < read.nodes.size(); ++i) {
      const documents::Node& node = read.nodes[i];
      if (node.number.empty() || damaged.contains({node.source.line, node.source.column})) continue;
      const auto [first, last] = numbers.equal_range(paths_[sheet][i]);
      if (std::none_of(first, last,
                       [&](const auto& number) { return SameNumber(number.second, node.number); })) {
        Tell(fmt::format("{} is not numbered {}", paths_[sheet][i], node.number), {});
      }
    }
  }

  void CompareLines(const std::string& what, const Lines& expected, const Lines& actual) {
    if (expected == actual) return;
    Lines lines;
    for (const std::string& line : expected) {
      if (std::find(actual.begin(), actual.end(), line) == actual.end()) lines.push_back("  - " + line);
    }
    for (const std::string& line : actual) {
      if (std::find(expected.begin(), expected.end(), line) == expected.end()) lines.push_back("  + " + line);
    }
    if (lines.empty()) lines = {"  " + absl::StrJoin(expected, ", "), "  " + absl::StrJoin(actual, ", ")};
    Tell(what, lines);
  }

  void Tell(const std::string& what, const Lines& lines) {
    wrong_ += what + "\n";
    for (const std::string& line : lines) wrong_ += line + "\n";
  }

  static Lines FindingsOf(const ImportPlan& plan) {
    Lines lines;
    for (const documents::Finding& finding : plan.findings) {
      if (finding.severity == documents::Severity::kError)
        lines.push_back(fmt::format("  {}:{} {} {} → {}", finding.line, finding.column, finding.code,
                                    finding.printed, finding.made));
    }
    return lines;
  }

  static Lines ChangesOf(const ImportPlan& plan) {
    Lines lines;
    for (const Difference& difference : DifferencesOf(plan))
      lines.push_back(fmt::format("  {} {}", difference.action, difference.detail));
    return lines;
  }

  const std::vector<DerivedSheet>& sheets_;
  std::vector<std::vector<std::string>> paths_;  // of each sheet's nodes: "/しごと/産業"
  CityServices city_;
  std::set<size_t> imported_;
  std::string wrong_;
};

TEST(DerivedImportTest, ASheetComesToThePlanThatItWasPrintedFrom) {
  for (uint64_t seed = 1; seed <= Count(25, 2'500); ++seed) {
    const std::vector<DerivedSheet> sheets = documents::DeriveSheets(seed, 1);
    Imports imports(sheets);
    imports.Import(0);
    imports.ImportAgain(0);
    ASSERT_EQ(imports.wrong(), "") << "seed " << seed << "\n" << sheets[0].text;
  }
}

// Next year's sheet before this year's, and the one between them last.
TEST(DerivedImportTest, InAnyOrderEveryYearIsAsItsSheetWasPrinted) {
  size_t compared = 0;
  for (uint64_t seed = 1; compared < Count(60, 10'000); ++seed) {
    documents::RandomSource random(seed);
    const std::vector<DerivedSheet> sheets =
        documents::DeriveSheets(seed, static_cast<size_t>(random.Between(2, 3)));
    compared += sheets.size();
    std::vector<size_t> order(sheets.size());
    std::iota(order.begin(), order.end(), 0);
    random.Shuffle(order);
    Imports imports(sheets);
    for (const size_t sheet : order) imports.Import(sheet);
    for (const size_t sheet : order) imports.ImportAgain(sheet);
    std::string texts;
    for (const DerivedSheet& sheet : sheets) texts += "----\n" + sheet.text;
    ASSERT_EQ(imports.wrong(), "") << "seed " << seed << ", order "
                                   << fmt::format("{}", fmt::join(order, ", ")) << "\n"
                                   << texts;
  }
}

}  // namespace
}  // namespace seisaku::policyctl::imports
