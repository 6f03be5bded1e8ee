// Sheets with several years across: each figure goes to the year of its column.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fmt/format.h"
#include "tests/unit/import/importing.h"

namespace seisaku::policyctl::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kTwoPairs[] =
    "令和3年度目標値\t令和3年度実績値\t令和4年度目標値\t令和4年度実績値\t目標値(令和6年度)";

std::string Sheet(std::string_view columns, std::string_view cells, std::string_view judgement = "進捗評価") {
  return fmt::format(
      "大目標\t小目標\t施策\t取組\t取組の実施状況\t指標名\t{}\t{}"
      "\t進捗が遅れている理由\t課題\t今後の方策等\t担当課\n"
      "1 産業\t1 雇用\t① 企業\t誘致\t実施した。\t参加者数\t{}\t順調に進捗\t-\t-\t-\t企画課\n",
      columns, judgement, cells);
}

std::map<int, std::string> TargetsOf(const CityServices& city) {
  std::map<int, std::string> targets;
  const catalog::v1::Kpi kpi = KpiTitled(city, "参加者数");
  for (const catalog::v1::Target& target : kpi.targets()) {
    targets[target.reporting_year()] = target.values(0).value().number().value().value();
  }
  return targets;
}

// The figures in force.
std::map<int, std::string> ActualsOf(const CityServices& city) {
  std::map<int, std::string> actuals;
  for (int year = 2019; year <= 2030; ++year) {
    for (const progress::v1::Actual& actual : city.Figures(year).actuals) {
      actuals[actual.reporting_year()] = actual.value().number().value().value();
    }
  }
  return actuals;
}

std::vector<int> JudgedYears(const CityServices& city) {
  std::vector<int> years;
  for (int year = 2019; year <= 2030; ++year) {
    if (!city.Figures(year).assessments.empty()) years.push_back(year);
  }
  return years;
}

TEST(SeveralYearsTest, TwoLaterTargetsAreThoseOfTheirYears) {
  const CityServices city = CityWith(
      Sheet("令和4年度目標値\t令和4年度実績値\t目標値(令和6年度)\t目標値(令和8年度)", "10\t10\t20\t30"));
  EXPECT_THAT(TargetsOf(city), ElementsAre(Pair(2022, "10"), Pair(2024, "20"), Pair(2026, "30")));
  EXPECT_THAT(ActualsOf(city), ElementsAre(Pair(2022, "10")));
  EXPECT_THAT(JudgedYears(city), ElementsAre(2022));
}

TEST(SeveralYearsTest, AnEarlierYearsPairIsThatYears) {
  const std::string sheet = Sheet(kTwoPairs, "1人\t2人\t3人\t4人\t5人", "令和4年度進捗評価");
  CityServices city = CityWith(sheet);
  EXPECT_THAT(TargetsOf(city), ElementsAre(Pair(2021, "1"), Pair(2022, "3"), Pair(2024, "5")));
  EXPECT_THAT(ActualsOf(city), ElementsAre(Pair(2021, "2"), Pair(2022, "4")));
  EXPECT_THAT(JudgedYears(city), ElementsAre(2022));
  EXPECT_THAT(Kinds(ImportSheet(city, sheet)), IsEmpty());
}

TEST(SeveralYearsTest, WithoutAYearForTheJudgementNothingIsImported) {
  const CityServices city({"大目標", "小目標", "施策", "取組"});
  const ImportPlan plan = PlanSheet(city, Sheet(kTwoPairs, "1人\t2人\t3人\t4人\t5人"));
  EXPECT_TRUE(documents::HasFatal(plan.findings));
  EXPECT_THAT(Kinds(plan), IsEmpty());
}

TEST(SeveralYearsTest, AnEarlierYearsFigureThatDiffersIsAConflictAndTheOthersStand) {
  CityServices city = CityWith(Sheet("令和3年度目標値\t令和3年度実績値", "1人\t2人"));
  const std::string sheet = Sheet(kTwoPairs, "1人\t22人\t3人\t4人\t5人", "令和4年度進捗評価");
  const ImportPlan plan = ImportSheet(city, sheet);
  EXPECT_THAT(Findings(plan, "CONFLICT"), ElementsAre("2:8 2人"));
  EXPECT_THAT(ActualsOf(city), UnorderedElementsAre(Pair(2021, "2"), Pair(2022, "4")));
  EXPECT_THAT(TargetsOf(city), ElementsAre(Pair(2021, "1"), Pair(2022, "3"), Pair(2024, "5")));
  EXPECT_THAT(JudgedYears(city), ElementsAre(2021, 2022));
  ImportSheet(city, sheet, {.overwrite = "前年度の訂正"});
  EXPECT_THAT(ActualsOf(city), UnorderedElementsAre(Pair(2021, "22"), Pair(2022, "4")));
}

TEST(SeveralYearsTest, AFigureThatAnEarlierYearNoLongerPrintsIsKept) {
  CityServices city = CityWith(Sheet("令和3年度目標値\t令和3年度実績値", "1人\t2人"));
  const ImportPlan plan = ImportSheet(city, Sheet(kTwoPairs, "1人\t-\t3人\t4人\t5人", "令和4年度進捗評価"));
  EXPECT_THAT(Findings(plan, "FIGURE_KEPT"), ElementsAre("2:8 2人"));
  EXPECT_THAT(ActualsOf(city), UnorderedElementsAre(Pair(2021, "2"), Pair(2022, "4")));
}

TEST(SeveralYearsTest, FiguresOfYearsAfterTheKpisEndAreLeftOutByName) {
  CityServices city = CityWith(Sheet("令和3年度目標値\t令和3年度実績値", "1人\t2人"));
  catalog::v1::Change change;
  change.set_reason("事業終了");
  change.mutable_retire_kpi()->set_name(KpiTitled(city, "参加者数").name());
  change.mutable_retire_kpi()->set_from_year(2022);
  city.Have(change);
  const ImportPlan plan = ImportSheet(city, Sheet(kTwoPairs, "1人\t2人\t3人\t4人\t5人", "令和3年度進捗評価"));
  EXPECT_THAT(Findings(plan, "AFTER_THE_END"),
              UnorderedElementsAre("2:9 kpi-001", "2:10 kpi-001", "2:11 kpi-001"));
  EXPECT_THAT(ActualsOf(city), ElementsAre(Pair(2021, "2")));
}

}  // namespace
}  // namespace seisaku::policyctl::imports
