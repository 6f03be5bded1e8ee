// Sheets of several years in every order: what one prints is part of the plan in its year, and no other sheet
// changes that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fmt/format.h"
#include "tests/unit/import/importing.h"
#include "tools/policyctl/import/differences.h"

namespace seisaku::policyctl::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

struct Line {
  std::string action;
  std::string kpi;
  std::string actual = "5件";
};

constexpr char kAlways[] = "相談件数";
constexpr char kEarly[] = "前期の件数";  // until 令和4年度
constexpr char kLate[] = "後期の件数";   // from 令和4年度 on

std::string OnlyIn(int year) { return fmt::format("令和{}年度限りの件数", year - 2018); }

std::vector<Line> LinesOf(int year) {
  std::vector<Line> lines = {{"相談の充実", kAlways}};
  if (year <= 2022) lines.push_back({"相談の充実", kEarly});
  if (year >= 2022) lines.push_back({"後期の取組", kLate});
  lines.push_back({fmt::format("令和{}年度の取組", year - 2018), OnlyIn(year)});
  return lines;
}

std::string SheetOf(int year, const std::vector<Line>& lines) {
  const int reiwa = year - 2018;
  std::string text = fmt::format(
      "大基本目標\t小基本目標\t具体的な施策\t主な取組\t主な取組及び関連事業の実施状況\t指標名\t令和{0}"
      "年度目標値\t"
      "令和{0}年度実績値\t目標値(令和9年度)\t進捗評価\t進捗が遅れている理由\t課題\t今後の方策等\t担当課\n",
      reiwa);
  for (const Line& line : lines) {
    text += fmt::format(
        "1 しごとの創生\t1 就労への支援\t① "
        "相談の体制\t{}\t{}年度の実施\t{}\t4件\t{}\t9件\t順調に進捗\t-\t-\t-\t"
        "商工労働課\n",
        line.action, reiwa, line.kpi, line.actual);
  }
  return text;
}

std::string SheetOf(int year) { return SheetOf(year, LinesOf(year)); }

// Everything that is not in the plan yet is new.
std::string AllNew() {
  std::string confirm;
  for (const std::string& name : {std::string(kAlways), std::string(kEarly), std::string(kLate), OnlyIn(2021),
                                  OnlyIn(2022), OnlyIn(2023)}) {
    confirm += fmt::format("[kpi.\"{}\"]\nnew = true\n", name);
  }
  return confirm;
}

ImportPlan Import(CityServices& city, int year) {
  return ImportSheet(city, SheetOf(year), {.confirm = AllNew()});
}

CityServices EmptyCity() { return CityServices(documents::ReadProgressSheet(SheetOf(2022), {}).levels); }

// What the plan and its sheet are in a year, whatever the ids.
std::vector<std::string> Picture(const CityServices& city, int year) {
  const ExistingPlan plan = city.Plan();
  const ExistingTree tree(plan);
  std::vector<std::string> picture;
  for (const catalog::v1::Node& node : plan.nodes) {
    const int end = tree.EndOf(node);
    if (tree.FirstYearOf(node) <= year && (end == 0 || end > year)) picture.push_back("node " + node.title());
  }
  const progress::v1::GetProgressSheetResponse sheet = city.Sheet(year);
  for (const progress::v1::SheetRow& row : sheet.rows()) {
    const auto& component = row.evaluation().components(0);
    picture.push_back(fmt::format("{} / {} / {} / {} / {}", tree.Find(row.kpi().node())->title(),
                                  row.kpi().title(), component.target().ShortDebugString(),
                                  component.actual().value().ShortDebugString(),
                                  row.evaluation().official().printed()));
  }
  std::sort(picture.begin(), picture.end());
  return picture;
}

std::vector<std::string> PictureOfItsOwnSheet(int year) {
  CityServices city = EmptyCity();
  Import(city, year);
  return Picture(city, year);
}

catalog::v1::Change UpdateFirstYear(const catalog::v1::Kpi& kpi, int year) {
  catalog::v1::Change change;
  change.mutable_update_kpi()->mutable_kpi()->set_name(kpi.name());
  change.mutable_update_kpi()->mutable_kpi()->set_first_year(year);
  change.mutable_update_kpi()->mutable_update_mask()->add_paths("first_year");
  return change;
}

// As if a build that knew no first years had imported.
void ForgetFirstYears(CityServices& city) {
  for (const catalog::v1::Kpi& kpi : city.Plan().kpis) city.Have(UpdateFirstYear(kpi, 0));
  for (const catalog::v1::Node& node : city.Plan().nodes) {
    catalog::v1::Change change;
    change.mutable_update_node()->mutable_node()->set_name(node.name());
    change.mutable_update_node()->mutable_update_mask()->add_paths("first_year");
    city.Have(change);
  }
}

TEST(YearsImportTest, WhatASheetCreatesBeginsWithItsYear) {
  const CityServices city = CityWith(SampleSheet());
  for (const catalog::v1::Kpi& kpi : city.Plan().kpis) EXPECT_EQ(kpi.first_year(), 2022) << kpi.title();
  for (const catalog::v1::Node& node : city.Plan().nodes) EXPECT_EQ(node.first_year(), 2022) << node.title();
}

TEST(YearsImportTest, InEveryOrderEachYearIsAsItsOwnSheetPrintsIt) {
  std::vector<int> order = {2021, 2022, 2023};
  do {
    SCOPED_TRACE(fmt::format("{}", fmt::join(order, ", ")));
    CityServices city = EmptyCity();
    for (size_t imported = 0; imported < order.size(); ++imported) {
      EXPECT_EQ(Import(city, order[imported]).conflicts, 0);
      for (size_t i = 0; i <= imported; ++i) {
        EXPECT_EQ(Picture(city, order[i]), PictureOfItsOwnSheet(order[i])) << order[i];
      }
    }
    for (const int year : order) EXPECT_THAT(Kinds(Import(city, year)), IsEmpty()) << year;
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(YearsImportTest, WhatIsNoLongerPrintedEndsAndThatIsShownBeforehand) {
  CityServices city = EmptyCity();
  Import(city, 2022);
  const ImportPlan plan = PlanSheet(city, SheetOf(2023), {.confirm = AllNew()});
  EXPECT_THAT(Findings(plan, "ENDS"), SizeIs(3));  // two KPIs, and the heading of one of them
  EXPECT_THAT(Findings(plan, "ABSENT"), IsEmpty());
  std::vector<std::string> ends;
  for (const Difference& difference : DifferencesOf(plan)) {
    if (difference.action.starts_with("retire")) ends.push_back(difference.action + " " + difference.detail);
  }
  EXPECT_THAT(ends, ElementsAre("retire_node 2023", "retire_kpi 2023", "retire_kpi 2023"));
  for (const catalog::v1::Change& change : plan.catalog) {
    if (change.has_retire_kpi()) {
      EXPECT_EQ(change.reason(), "令和5年度の「sheet.txt」にない");
    }
  }
}

TEST(YearsImportTest, TheCallerMayKeepWhatIsAbsent) {
  CityServices city = EmptyCity();
  Import(city, 2022);
  const ImportPlan plan = ImportSheet(city, SheetOf(2023), {.confirm = AllNew(), .keep_absent = true});
  EXPECT_THAT(Findings(plan, "ENDS"), IsEmpty());
  EXPECT_THAT(Findings(plan, "ABSENT"), SizeIs(3));
  EXPECT_EQ(KpiTitled(city, kEarly).retired_from_year(), 0);
}

TEST(YearsImportTest, NothingEndsWhileARowWaitsForAnAnswer) {
  CityServices city = EmptyCity();
  Import(city, 2022);
  const ImportPlan plan = ImportSheet(city, SheetOf(2023));
  EXPECT_THAT(Findings(plan, "NEW_OR_RENAMED"), SizeIs(1));
  EXPECT_THAT(Findings(plan, "ENDS"), IsEmpty());
  EXPECT_EQ(KpiTitled(city, kEarly).retired_from_year(), 0);
}

// Neither a target nor a new KPI tells of that year.
TEST(YearsImportTest, AYearThatHasOnlyFiguresIsKnown) {
  const auto sheet = [](int year, std::vector<Line> lines) {
    return Replaced(SheetOf(year, lines), "\t4件\t5件\t9件\t", "\t-\t5件\t9件\t");
  };
  const Line always = {"相談の充実", kAlways};
  CityServices city = EmptyCity();
  ImportSheet(city, sheet(2021, {always}));
  ImportSheet(city, sheet(2023, {always}));
  const std::vector<std::string> before = Picture(city, 2023);
  const ImportPlan plan =
      ImportSheet(city, SheetOf(2022, {always, {"相談の充実", OnlyIn(2022)}}), {.confirm = AllNew()});
  EXPECT_THAT(Findings(plan, "ENDS_LATER"), SizeIs(1));
  EXPECT_EQ(Picture(city, 2023), before);
}

TEST(YearsImportTest, WhatWasReportedAboutDoesNotEnd) {
  for (const int reported : {2023, 2024}) {
    CityServices city = EmptyCity();
    Import(city, 2022);
    progress::v1::Change change;
    change.mutable_record_assessment()->set_kpi(KpiTitled(city, kEarly).name());
    change.mutable_record_assessment()->set_reporting_year(reported);
    change.mutable_record_assessment()->set_judgement(type::v1::JUDGEMENT_DELAYED);
    city.Have(change);
    if (reported == 2024) {  // it has a target, so that the year is looked at
      catalog::v1::Change target;
      target.mutable_set_target()->set_kpi(KpiTitled(city, kEarly).name());
      target.mutable_set_target()->mutable_target()->set_reporting_year(reported);
      *target.mutable_set_target()->mutable_target()->mutable_values() =
          KpiTitled(city, kEarly).targets(0).values();
      city.Have(target);
    }
    const ImportPlan plan = Import(city, 2023);
    EXPECT_EQ(KpiTitled(city, kEarly).retired_from_year(), 0) << reported;
    EXPECT_THAT(Findings(plan, "ABSENT"), Not(IsEmpty()));
    EXPECT_EQ(KpiTitled(city, OnlyIn(2022)).retired_from_year(), 2023);
  }
}

TEST(YearsImportTest, ASheetThatIsPrintedAgainWithoutARowEndsNothing) {
  CityServices city = EmptyCity();
  Import(city, 2022);
  std::vector<Line> lines = LinesOf(2022);
  lines.pop_back();
  const ImportPlan plan = ImportSheet(city, SheetOf(2022, lines));
  EXPECT_THAT(Kinds(plan), IsEmpty());
  EXPECT_THAT(Findings(plan, "ABSENT"), SizeIs(2));
}

TEST(YearsImportTest, AnOlderSheetLetsWhatItPrintsBeginEarlierAndTellsIt) {
  CityServices city = EmptyCity();
  Import(city, 2023);
  const ImportPlan plan = Import(city, 2022);
  EXPECT_THAT(Findings(plan, "STARTS_EARLIER"), ElementsAre("2:6 2023 → 2022", "4:6 2023 → 2022"));
  EXPECT_THAT(Findings(plan, "ENDS_LATER"), SizeIs(2));
  EXPECT_EQ(KpiTitled(city, kAlways).first_year(), 2022);
  EXPECT_EQ(KpiTitled(city, OnlyIn(2023)).first_year(), 2023);
  EXPECT_EQ(KpiTitled(city, kEarly).first_year(), 2022);
  EXPECT_EQ(KpiTitled(city, kEarly).retired_from_year(), 2023);
}

TEST(YearsImportTest, WhatAnOlderSheetReportsAboutALaterYearGoesOn) {
  CityServices city = EmptyCity();
  Import(city, 2023);
  std::string sheet = Replaced(SheetOf(2022), "\t目標値(令和9年度)\t進捗評価\t",
                               "\t令和5年度実績値\t目標値(令和9年度)\t令和4年度進捗評価\t");
  for (const Line& line : LinesOf(2022)) {
    const std::string before = fmt::format("\t{}\t4件\t5件\t", line.kpi);
    sheet = Replaced(sheet, before, before + (line.kpi == kEarly || line.kpi == kAlways ? "5件\t" : "-\t"));
  }
  ImportSheet(city, sheet, {.confirm = AllNew()});
  EXPECT_EQ(KpiTitled(city, kEarly).retired_from_year(), 0);
  EXPECT_EQ(KpiTitled(city, OnlyIn(2022)).retired_from_year(), 2023);
}

TEST(YearsImportTest, WhatIsNewUnderAHeadingThatEndsLaterTakesNoTargetOfTheYearsAfterThat) {
  CityServices city = EmptyCity();
  Import(city, 2022);
  Import(city, 2023);
  std::vector<Line> lines = LinesOf(2022);
  lines.push_back({"令和4年度の取組", "後から分かった件数"});
  const ImportPlan plan =
      ImportSheet(city, SheetOf(2022, lines), {.confirm = "[kpi.\"後から分かった件数\"]\nnew = true\n"});
  EXPECT_THAT(Findings(plan, "AFTER_THE_END"), SizeIs(1));
  EXPECT_EQ(KpiTitled(city, "後から分かった件数").targets_size(), 1);
  EXPECT_EQ(Picture(city, 2023), PictureOfItsOwnSheet(2023));
}

TEST(YearsImportTest, AYearThatIsNotWhollyAssessedEndsNothingNew) {
  CityServices city = EmptyCity();
  Import(city, 2023);
  catalog::v1::Change change;
  *change.mutable_create_kpi() = KpiTitled(city, kAlways);
  change.mutable_create_kpi()->set_name("plans/strategy/kpis/by-hand");
  change.mutable_create_kpi()->set_title("手で作った指標");
  city.Have(change);
  const ImportPlan plan = Import(city, 2022);
  EXPECT_THAT(Findings(plan, "ENDS_LATER"), IsEmpty());
  EXPECT_EQ(KpiTitled(city, kEarly).retired_from_year(), 0);
}

TEST(YearsImportTest, AKpiDoesNotGoOnBothSidesOfAYearWithoutIt) {
  CityServices city = EmptyCity();
  std::vector<Line> with = LinesOf(2021);
  with.push_back({"相談の充実", "隔年の件数"});
  ImportSheet(city, SheetOf(2022));
  std::vector<Line> later = LinesOf(2023);
  later.push_back({"相談の充実", "隔年の件数"});
  const std::string confirm = AllNew() + "[kpi.\"隔年の件数\"]\nnew = true\n";
  ImportSheet(city, SheetOf(2023, later), {.confirm = confirm});
  const std::vector<std::string> before = Picture(city, 2022);
  const ImportPlan plan = ImportSheet(city, SheetOf(2021, with), {.confirm = confirm});
  EXPECT_THAT(Findings(plan, "YEAR_BETWEEN"), ElementsAre(HasSubstr("令和4年度")));
  EXPECT_EQ(Picture(city, 2022), before);
  EXPECT_EQ(KpiTitled(city, "隔年の件数").first_year(), 2023);

  // As that finding says.
  const std::string other = confirm + "id = \"before\"\n";
  ImportSheet(city, SheetOf(2021, with), {.confirm = other});
  EXPECT_EQ(Picture(city, 2022), before);
  const auto pictured = Picture(city, 2021);
  EXPECT_EQ(
      std::count_if(pictured.begin(), pictured.end(),
                    [](const std::string& line) { return line.find("隔年の件数") != std::string::npos; }),
      1);
  EXPECT_THAT(Kinds(ImportSheet(city, SheetOf(2021, with), {.confirm = other})), IsEmpty());
  EXPECT_THAT(Kinds(ImportSheet(city, SheetOf(2023, later), {.confirm = confirm})), IsEmpty());
}

// A measure that stops and comes back: its rows had nowhere to go.
TEST(YearsImportTest, AHeadingThatAYearDoesNotPrintBeginsAnewInTheNext) {
  const auto sheet = [](int year) {
    std::vector<Line> lines = {{"相談の充実", kAlways}};
    if (year != 2022) lines.push_back({"健診の充実", OnlyIn(year)});
    return SheetOf(year, lines);
  };
  CityServices city = EmptyCity();
  for (const int year : {2021, 2022, 2023}) {
    const ImportPlan plan = ImportSheet(city, sheet(year), {.confirm = AllNew()});
    EXPECT_EQ(plan.left_out, 0) << year;
    EXPECT_EQ(plan.conflicts, 0) << year;
    EXPECT_THAT(Findings(plan, "BEGUN_ANEW"), SizeIs(year == 2023 ? 1 : 0)) << year;
  }
  for (const int year : {2021, 2022, 2023}) {
    CityServices own = EmptyCity();
    ImportSheet(own, sheet(year), {.confirm = AllNew()});
    EXPECT_EQ(Picture(city, year), Picture(own, year)) << year;
    EXPECT_THAT(Kinds(ImportSheet(city, sheet(year), {.confirm = AllNew()})), IsEmpty()) << year;
  }
}

TEST(YearsImportTest, WhatWasThereAlwaysStaysSo) {
  CityServices city = EmptyCity();
  Import(city, 2022);
  ForgetFirstYears(city);
  EXPECT_THAT(Kinds(Import(city, 2022)), IsEmpty());
  Import(city, 2023);
  EXPECT_EQ(KpiTitled(city, kAlways).first_year(), 0);
  EXPECT_EQ(KpiTitled(city, kEarly).retired_from_year(), 2023);
  EXPECT_EQ(Picture(city, 2023), PictureOfItsOwnSheet(2023));
  EXPECT_EQ(Picture(city, 2022), PictureOfItsOwnSheet(2022));
}

TEST(YearsImportTest, AKpiThatMovesTakesItsYearsToTheNewHeading) {
  CityServices city = EmptyCity();
  Import(city, 2022);
  std::vector<Line> lines = LinesOf(2023);
  lines[0].action = "新しい取組";
  lines.push_back({"相談の充実", kEarly});
  const std::string confirm = fmt::format("[kpi.\"{}\"]\nnew = true\n", OnlyIn(2023));
  ImportSheet(city, SheetOf(2023, lines), {.confirm = confirm, .overwrite = "組替え"});
  const ExistingPlan plan = city.Plan();
  EXPECT_EQ(ExistingTree(plan).FirstYearOf(KpiTitled(city, kAlways)), 2022);
  EXPECT_EQ(city.Sheet(2022).rows_size(), 4);
}

}  // namespace
}  // namespace seisaku::policyctl::imports
