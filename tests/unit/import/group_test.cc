// Imports that are larger than one command: groups of commands, cut off anywhere and finished by the same
// import.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "tests/unit/import/importing.h"
#include "tools/policyctl/import/report.h"

namespace seisaku::policyctl::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// `count` KPIs, fifty under one measure, one of which in a hundred has the name of another measure's.
std::string LargeSheet(int count) {
  std::vector<SheetLine> lines;
  for (int i = 0; i < count; ++i) {
    lines.push_back({.measure = fmt::format("① 施策その{}", i / 50 + 1),
                     .action = fmt::format("取組その{}", i / 5 + 1),
                     .name = i % 100 == 99 ? "利用者数" : fmt::format("指標その{}の件数", i + 1),
                     .target = fmt::format("{}件", 100 + i),
                     .actual = fmt::format("{}件", 101 + i),
                     .later = fmt::format("{}件", 110 + i),
                     .department = fmt::format("第{}課", i % 7 + 1),
                     .issues = "人手が足りない。"});
  }
  return YearSheet(4, lines);
}

// A plan that is like the sheet's but has nothing in it.
CityServices EmptyCity(const std::string& sheet) {
  return CityServices(documents::ReadProgressSheet(sheet, {}).levels);
}

std::vector<std::string> Contents(const CityServices& city) {
  std::vector<std::string> all;
  const ExistingPlan plan = city.Plan();
  std::map<std::string, std::string> titles;
  for (const catalog::v1::Node& node : plan.nodes) {
    titles[node.name()] = titles[node.parent()] + "/" + node.title();
    all.push_back(titles[node.name()]);
  }
  for (const catalog::v1::Kpi& kpi : plan.kpis) {
    std::string line = titles[kpi.node()] + "/" + kpi.title();
    for (const catalog::v1::Target& target : kpi.targets())
      line += " " + target.values(0).value().printed() + fmt::format(" r{}", target.revision());
    all.push_back(line);
    titles[kpi.name()] = line;
  }
  for (const progress::v1::Actual& actual : city.Actuals())
    all.push_back(titles[actual.kpi()] + " = " + actual.value().printed() +
                  fmt::format(" r{}", actual.revision()));
  for (const progress::v1::Narrative& narrative : city.Narratives(2022))
    all.push_back(titles[narrative.kpi()] + fmt::format(" {} ", static_cast<int>(narrative.kind())) +
                  narrative.text());
  for (const progress::v1::OfficialAssessment& assessment : city.Figures(2022).assessments)
    all.push_back(titles[assessment.kpi()] + " " + assessment.printed());
  std::sort(all.begin(), all.end());
  return all;
}

TEST(ImportGroupTest, ASheetOf2009KpisGoesInAsAGroupAndAgainAddsNothing) {
  const std::string sheet = LargeSheet(2009);
  CityServices city = EmptyCity(sheet);
  const ImportPlan plan = PlanSheet(city, sheet);
  ASSERT_GT(plan.catalog.size() + plan.progress.size(), 10'000U);
  std::vector<std::string> sent;
  ApplyOptions options = Applied(city);
  options.sending = [&sent](const ImportPart& part) { sent.push_back(CorrelationOf(part)); };
  const auto outcome = ApplyImport(city, plan, options);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  ASSERT_GE(outcome->commands, 2);
  EXPECT_THAT(sent, SizeIs(static_cast<size_t>(outcome->commands)));
  EXPECT_EQ(outcome->catalog.entries, plan.catalog.size());
  EXPECT_EQ(outcome->progress.entries, plan.progress.size());
  EXPECT_EQ(city.Plan().kpis.size(), 2009U);
  EXPECT_EQ(city.Actuals().size(), 2009U);
  EXPECT_THAT(Kinds(PlanSheet(city, sheet)), IsEmpty());
}

TEST(ImportGroupTest, ADryRunSaysHowManyCommandsItTakesAndWhatItCannotCheck) {
  const std::string sheet = LargeSheet(60);
  CityServices city = EmptyCity(sheet);
  ImportReport report = {.document = "sheet.txt", .plan = kPlan, .fiscal_year = 2022, .dry_run = true};
  report.import = PlanSheet(city, sheet);
  ApplyOptions options = Applied(city, /*dry_run=*/true);
  options.limits.changes = 100;
  const auto outcome = ApplyImport(city, report.import, options);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_THAT(city.calls, testing::Each(HasSubstr("validate")));
  EXPECT_THAT(city.Plan().kpis, IsEmpty());
  report.outcome = *outcome;
  EXPECT_GT(outcome->commands, 3);
  EXPECT_GT(outcome->not_validated, report.import.progress.size());
  const std::string text = ReportText(Language::kJapanese, report);
  EXPECT_THAT(text, HasSubstr(fmt::format("送信するコマンド: {}回", outcome->commands)));
  EXPECT_THAT(text, HasSubstr(fmt::format("確かめられない変更: {}件", outcome->not_validated)));
}

TEST(ImportGroupTest, WhatDoesNotDependOnAnEarlierCommandIsValidatedBeforehand) {
  const std::string sheet = LargeSheet(60);
  CityServices city = CityWith(sheet);
  std::string next = sheet;
  for (int i = 1; i <= 60; ++i) {
    if (i != 100)
      next =
          Replaced(next, fmt::format("\t{}件\t{}件\t", 99 + i, 100 + i), fmt::format("\t{}件\t-\t", 299 + i));
  }
  const ImportPlan plan = PlanSheet(city, next, {.overwrite = "見直し"});
  ASSERT_THAT(plan.catalog, SizeIs(60));
  ApplyOptions options = Applied(city, /*dry_run=*/true);
  options.limits.changes = 25;
  const auto outcome = ApplyImport(city, plan, options);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->not_validated, 0U);
  EXPECT_THAT(city.calls, ElementsAre("catalog validate 25", "catalog validate 25", "catalog validate 10"));
}

// What the last of the entries that an import wrote to the plan says.
std::optional<ImportPart> LastPart(const std::vector<log::v1::Entry>& entries) {
  std::optional<ImportPart> last;
  for (const log::v1::Entry& entry : entries) {
    if (entry.resource().starts_with(kPlan)) last = ParseImportPart(entry.correlation_id());
  }
  return last;
}

TEST(ImportGroupTest, CutOffAnywhereTheSameImportFinishesItAndNothingIsThereTwice) {
  const std::string sheet = LargeSheet(60);
  CityServices whole = EmptyCity(sheet);
  ImportSheet(whole, sheet);
  const std::vector<std::string> expected = Contents(whole);
  int cut_off = 0;
  for (int behind = 1;; ++behind) {
    CityServices city = EmptyCity(sheet);
    const ImportPlan plan = PlanSheet(city, sheet);
    ApplyOptions options = Applied(city);
    options.limits.changes = 25;
    std::optional<ImportPart> told;
    options.cut_off = [&told](const ImportPart& recorded, const absl::Status&) { told = recorded; };
    city.writes_until_failure = behind;
    if (ApplyImport(city, plan, options).ok()) break;
    ++cut_off;
    city.writes_until_failure = -1;
    ASSERT_TRUE(told.has_value());
    EXPECT_EQ(told->part, behind);
    EXPECT_EQ(LastPart(city.written), *told);

    const ImportPlan rest = PlanSheet(city, sheet);
    EXPECT_EQ(rest.left_out, 0);
    EXPECT_EQ(rest.conflicts, 0);
    ApplyOptions again = Applied(city);
    again.limits.changes = 25;
    const auto finished = ApplyImport(city, rest, again);
    ASSERT_TRUE(finished.ok()) << finished.status();
    EXPECT_LT(finished->commands, told->parts);
    const std::optional<ImportPart> last = LastPart(city.written);
    ASSERT_TRUE(last.has_value());
    EXPECT_EQ(last->part, last->parts);
    EXPECT_EQ(Contents(city), expected) << "behind " << behind;
    EXPECT_EQ(city.Plan().position, whole.Plan().position);
    EXPECT_THAT(Kinds(PlanSheet(city, sheet)), IsEmpty());
  }
  EXPECT_GT(cut_off, 12);
}

TEST(ImportGroupTest, ACommandIsFullByItsBytesToo) {
  const std::string sheet = LargeSheet(30);
  CityServices city = EmptyCity(sheet);
  ImportPlan plan = PlanSheet(city, sheet);
  const CommandLimits limits{.changes = 10'000, .bytes = 4096};
  for (const Slice& slice : CutCatalog(plan.catalog, limits)) {
    size_t bytes = 0;
    for (size_t i = slice.begin; i < slice.end; ++i) bytes += plan.catalog[i].ByteSizeLong();
    EXPECT_LE(bytes, 4096U);
    EXPECT_GT(slice.size(), 0U);
  }
}

TEST(ImportGroupTest, AKpisFiguresAndWordsAreNotTornApart) {
  const std::string sheet = LargeSheet(30);
  const ImportPlan plan = PlanSheet(EmptyCity(sheet), sheet);
  for (const Slice& slice : CutProgress(plan.progress, {.changes = 7})) {
    if (slice.end < plan.progress.size()) {
      EXPECT_NE(KpiOf(plan.progress[slice.end]), KpiOf(plan.progress[slice.end - 1]));
    }
  }
}

// In a plan in use a KPI of which nothing is known waits for an answer, whatever was cut off.
TEST(ImportGroupTest, InAPlanThatIsInUseANewKpiStillWaits) {
  CityServices city = CityWith(YearSheet(4, {{.name = "企業数"}}));
  const ImportPlan plan = PlanSheet(city, YearSheet(4, {{.name = "企業数"}, {.name = "融資件数"}}));
  ASSERT_THAT(Findings(plan, "NEW_OR_RENAMED"), SizeIs(1));
  EXPECT_THAT(Findings(plan, "NEW_OR_RENAMED")[0], HasSubstr("候補なし"));
}

TEST(ImportGroupTest, RequestIdsAreTheSameOnlyForTheSameRequestOfTheSameImport) {
  progress::v1::ApplyProgressRequest request;
  request.set_correlation_id("import a 1/2");
  const auto id = [&](int part, uint64_t position) {
    return RequestIdOf({"0123456789abcdef", part, 3}, {position, 9}, request);
  };
  EXPECT_TRUE(IsUuid(id(1, 5)));
  EXPECT_EQ(id(1, 5), id(1, 5));
  std::set<std::string> others = {id(1, 5), id(2, 5), id(1, 6)};
  request.add_changes();
  others.insert(id(1, 5));
  EXPECT_EQ(others.size(), 4U);
}

TEST(ImportGroupTest, TheImportIdIsThatOfTheDocumentAndThePlan) {
  const std::string id = ImportIdOf(kPlan, MakeDocument("a.txt", "abc"));
  EXPECT_EQ(id.size(), 16U);
  EXPECT_EQ(id, ImportIdOf(kPlan, MakeDocument("b.txt", "abc")));
  EXPECT_NE(id, ImportIdOf("plans/other", MakeDocument("a.txt", "abc")));
  EXPECT_NE(id, ImportIdOf(kPlan, MakeDocument("a.txt", "abd")));
}

}  // namespace
}  // namespace seisaku::policyctl::imports
