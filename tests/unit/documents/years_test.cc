// Headers with several years across: every column is one year's target or one year's actual, and all are
// taken or the header is refused.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/documents/dump.h"
#include "tests/unit/documents/small_sheet.h"

namespace seisaku::documents {
namespace {

// A header and rows: the columns between the KPI's name and the judgement with their cells.
struct YearSheet {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  std::string title;  // above the table
  std::string judgement = "進捗評価";
  int said = 0;
};

std::string TextOf(const YearSheet& sheet) {
  std::string text = sheet.title.empty() ? "" : sheet.title + "\n";
  text += fmt::format(
      "大目標\t小目標\t施策\t取組\t取組の実施状況\t指標名\t{}\t{}"
      "\t進捗が遅れている理由\t課題\t今後の方策等\t担当課\n",
      fmt::join(sheet.columns, "\t"), sheet.judgement);
  for (size_t i = 0; i < sheet.rows.size(); ++i) {
    text += fmt::format("{}\t取組{}\t実施した。\t参加者数{}\t{}\t順調に進捗\t-\t-\t-\t企画課\n",
                        i == 0 ? "1 産業\t1 雇用\t① 企業" : "\t\t", i, i, fmt::join(sheet.rows[i], "\t"));
  }
  return text;
}

ProgressSheet Read(const YearSheet& sheet) {
  Confirmations confirmations;
  confirmations.fiscal_year = sheet.said;
  return ReadProgressSheet(TextOf(sheet), confirmations);
}

std::string ValueOf(const std::optional<CellValue>& value) {
  return value ? value->source.printed.empty() ? "blank" : value->source.printed : "no column";
}

// "2022: 10人 / 12人": target and actual of each year.
std::vector<std::string> YearsOf(const KpiRow& row) {
  std::vector<std::string> years;
  for (const YearFigures& year : row.years) {
    years.push_back(fmt::format("{}: {} / {}", year.year, ValueOf(year.target), ValueOf(year.actual)));
  }
  return years;
}

const std::vector<std::string> kThreeTargets = {"令和4年度目標値", "令和4年度実績値", "目標値(令和6年度)",
                                                "目標値(令和8年度)"};
const std::vector<std::string> kTwoPairs = {"令和3年度目標値", "令和3年度実績値", "令和4年度目標値",
                                            "令和4年度実績値", "目標値(令和6年度)"};
const std::vector<std::string> kTwoPairsOfOneRow = {"1人", "2人", "3人", "4人", "5人"};

TEST(YearsTest, ASecondLaterTargetIsTakenForItsYear) {
  const ProgressSheet sheet = Read({.columns = kThreeTargets, .rows = {{"10", "10", "20", "30"}}});
  EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  EXPECT_EQ(sheet.fiscal_year, 2022);
  EXPECT_EQ(sheet.years,
            (std::vector<YearColumns>{{2022, true, true}, {2024, true, false}, {2026, true, false}}));
  EXPECT_EQ(YearsOf(sheet.rows.at(0)),
            (std::vector<std::string>{"2022: 10 / 10", "2024: 20 / no column", "2026: 30 / no column"}));
}

TEST(YearsTest, TheYearBeforeIsTakenWithItsTargetAndActual) {
  const ProgressSheet sheet = Read(
      {.columns = kTwoPairs, .rows = {kTwoPairsOfOneRow, {"11人", "-", "13人", "", "15人"}}, .said = 2022});
  EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  EXPECT_EQ(YearsOf(sheet.rows.at(0)),
            (std::vector<std::string>{"2021: 1人 / 2人", "2022: 3人 / 4人", "2024: 5人 / no column"}));
  EXPECT_EQ(YearsOf(sheet.rows.at(1)),
            (std::vector<std::string>{"2021: 11人 / -", "2022: 13人 / blank", "2024: 15人 / no column"}));
  EXPECT_EQ(sheet.rows[0].FirstYear(), 2021);
  EXPECT_EQ(sheet.rows[1].FirstYear(), 2021);
}

TEST(YearsTest, TheFirstYearOfARowIsTheFirstThatItPrintsAFigureOf) {
  const ProgressSheet sheet = Read({.columns = kTwoPairs,
                                    .rows = {{"-", "-", "3人", "4人", "5人"},
                                             {"", "2人", "3人", "4人", "5人"},
                                             {"-", "-", "-", "-", "5人"}},
                                    .said = 2022});
  EXPECT_EQ(sheet.rows.at(0).FirstYear(), 2022);
  EXPECT_EQ(sheet.rows.at(1).FirstYear(), 2021);
  EXPECT_EQ(sheet.rows.at(2).FirstYear(), 2022);
}

TEST(YearsTest, ColumnsInAnyOrderAreTheirYears) {
  const ProgressSheet sheet =
      Read({.columns = {"目標値（R8）", "R4年度実績値", "2022年度目標値", "令和３年度目標値", "FY2024目標値"},
            .rows = {{"8人", "44人", "4人", "3人", "6人"}}});
  EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  EXPECT_EQ(YearsOf(sheet.rows.at(0)),
            (std::vector<std::string>{"2021: 3人 / no column", "2022: 4人 / 44人", "2024: 6人 / no column",
                                      "2026: 8人 / no column"}));
}

TEST(YearsTest, ColumnsNameTheirYearsInEveryForm) {
  const ProgressSheet sheet =
      Read({.columns = {"H30目標値", "令和四年度目標値", "令和4(2022)年度実績値", "2025(R7)年度目標値",
                        "目標値（2026年度(令和8年度)）", "平成41年度目標値"},
            .rows = {{"1人", "2人", "3人", "4人", "5人", "6人"}}});
  EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  EXPECT_EQ(YearsOf(sheet.rows.at(0)),
            (std::vector<std::string>{"2018: 1人 / no column", "2022: 2人 / 3人", "2025: 4人 / no column",
                                      "2026: 5人 / no column", "2029: 6人 / no column"}));
}

TEST(YearsTest, ColumnsNameTargetsAndActualsInEveryForm) {
  const ProgressSheet sheet =
      Read({.columns = {"令和3年度目標", "令和4年度末の目標値", "令和4年度 (実績)", "中間目標(R6)",
                        "最終目標値(令和8年度末)", "令和9年度の最終目標※"},
            .rows = {{"1人", "2人", "3人", "4人", "5人", "6人"}}});
  EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  EXPECT_EQ(YearsOf(sheet.rows.at(0)),
            (std::vector<std::string>{"2021: 1人 / no column", "2022: 2人 / 3人", "2024: 4人 / no column",
                                      "2026: 5人 / no column", "2027: 6人 / no column"}));
}

TEST(YearsTest, ASheetOfThePlansLastYearNeedsNoLaterTarget) {
  const ProgressSheet sheet =
      Read({.columns = {"令和6年度目標値", "令和6年度実績値"}, .rows = {{"5人", "6人"}}});
  EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  EXPECT_EQ(sheet.fiscal_year, 2024);
}

// Which year is judged.

TEST(JudgedYearTest, SeveralYearsOfActualsAndNothingThatSaysWhichAreRefusedWithTheOption) {
  const ProgressSheet sheet = Read({.columns = kTwoPairs, .rows = {kTwoPairsOfOneRow}});
  const Finding finding = OnlyFinding(sheet.findings, "JUDGED_YEAR_UNCLEAR");
  EXPECT_EQ(finding.severity, Severity::kFatal);
  EXPECT_EQ(finding.line, 1);
  EXPECT_EQ(finding.made, "令和3年度、令和4年度");
  EXPECT_NE(SentenceEnglish(finding).find("--fiscal-year"), std::string::npos);
  EXPECT_NE(SentenceEnglish(finding).find("FY2021, FY2022"), std::string::npos);
  EXPECT_TRUE(sheet.rows.empty());
}

TEST(JudgedYearTest, TheOnlyYearWithActualsIsJudged) {
  EXPECT_EQ(Read({.columns = kThreeTargets, .rows = {{"1", "1", "1", "1"}}}).fiscal_year, 2022);
  EXPECT_EQ(
      Read({.columns = {"令和3年度目標値", "令和4年度目標値", "令和4年度実績値"}, .rows = {{"1", "1", "1"}}})
          .fiscal_year,
      2022);
}

TEST(JudgedYearTest, TheOptionSaysIt) {
  for (const int year : {2021, 2022}) {
    const ProgressSheet sheet = Read({.columns = kTwoPairs, .rows = {kTwoPairsOfOneRow}, .said = year});
    EXPECT_FALSE(HasFatal(sheet.findings));
    EXPECT_EQ(sheet.fiscal_year, year);
    EXPECT_EQ(sheet.rows.at(0).Judged().year, year);
  }
}

TEST(JudgedYearTest, TheJudgementsColumnSaysIt) {
  for (const char* name : {"令和3年度進捗評価", "進捗評価（令和３年度）"}) {
    const ProgressSheet sheet = Read({.columns = kTwoPairs, .rows = {kTwoPairsOfOneRow}, .judgement = name});
    EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
    EXPECT_EQ(sheet.fiscal_year, 2021);
  }
}

TEST(JudgedYearTest, ATitleSaysItAndThatIsTold) {
  const ProgressSheet sheet = Read(
      {.columns = kTwoPairs, .rows = {kTwoPairsOfOneRow}, .title = "総合戦略 令和４年度 進捗管理シート"});
  EXPECT_EQ(sheet.fiscal_year, 2022);
  const Finding finding = OnlyFinding(sheet.findings, "YEAR_FROM_TITLE");
  EXPECT_EQ(finding.line, 1);
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_EQ(finding.made, "令和4年度");
}

TEST(JudgedYearTest, TheOptionIsStrongerThanATitle) {
  const ProgressSheet sheet = Read(
      {.columns = kTwoPairs, .rows = {kTwoPairsOfOneRow}, .title = "令和4年度進捗管理シート", .said = 2021});
  EXPECT_EQ(sheet.fiscal_year, 2021);
  EXPECT_TRUE(FindingsOf(sheet.findings, "YEAR_FROM_TITLE").empty());
}

TEST(JudgedYearTest, ATitleOfTwoYearsOrOfAYearWithoutFiguresSaysNothing) {
  for (const char* title : {"令和4年度シート(令和3年度の実績)", "令和5年度評価シート", "令和6年度目標"}) {
    const ProgressSheet sheet = Read({.columns = kTwoPairs, .rows = {kTwoPairsOfOneRow}, .title = title});
    OnlyFinding(sheet.findings, "JUDGED_YEAR_UNCLEAR");
  }
}

TEST(JudgedYearTest, ATitleOfTheYearOfTheReviewDoesNotMoveTheOnlyActuals) {
  const ProgressSheet sheet = Read({.columns = kThreeTargets,
                                    .rows = {{"1", "1", "1", "1"}},
                                    .title = "令和5年度 総合戦略 進捗管理シート"});
  EXPECT_EQ(sheet.fiscal_year, 2022);
}

TEST(JudgedYearTest, TheOptionAgainstTheHeaderIsRefused) {
  const ProgressSheet only = Read({.columns = kThreeTargets, .rows = {{"1", "1", "1", "1"}}, .said = 2024});
  const Finding finding = OnlyFinding(only.findings, "JUDGED_YEAR_DIFFERS");
  EXPECT_EQ(finding.printed, "令和4年度実績値");
  EXPECT_EQ(finding.made, "令和6年度");
  const ProgressSheet column = Read(
      {.columns = kTwoPairs, .rows = {kTwoPairsOfOneRow}, .judgement = "令和3年度進捗評価", .said = 2022});
  EXPECT_EQ(OnlyFinding(column.findings, "JUDGED_YEAR_DIFFERS").printed, "令和3年度進捗評価");
}

TEST(JudgedYearTest, TheYearThatIsJudgedHasATargetAndAnActual) {
  const ProgressSheet no_actual =
      Read({.columns = kThreeTargets, .rows = {{"1", "1", "1", "1"}}, .judgement = "令和6年度進捗評価"});
  EXPECT_EQ(OnlyFinding(no_actual.findings, "HEADER_INCOMPLETE").made, "令和6年度実績値");
  const ProgressSheet no_target =
      Read({.columns = {"令和3年度目標値", "令和4年度実績値"}, .rows = {{"1", "1"}}});
  EXPECT_EQ(OnlyFinding(no_target.findings, "HEADER_INCOMPLETE").made, "令和4年度目標値");
}

// Columns that are no year's target and no year's actual.

TEST(ColumnsTest, AColumnOfNoOneYearRefusesTheHeaderByItsName) {
  for (const char* name : {"目標値", "令和4年目標値", "最終目標値", "実績", "令和5年度目標値(令和6年度)",
                           "前年度実績値", "令和3年度実績値/令和4年度目標値"}) {
    std::vector<std::string> columns = kThreeTargets;
    columns[2] = name;
    const ProgressSheet sheet = Read({.columns = columns, .rows = {{"1", "1", "1", "1"}}});
    const Finding finding = OnlyFinding(sheet.findings, "COLUMN_UNCLEAR");
    EXPECT_EQ(finding.printed, name);
    EXPECT_EQ(finding.column, 9);
    EXPECT_EQ(finding.severity, Severity::kFatal);
    EXPECT_TRUE(sheet.rows.empty());
  }
}

TEST(ColumnsTest, TwoColumnsOfTheSameRefuseTheHeaderByTheirNames) {
  for (const char* name : {"目標値(R4)", "2022年度実績値", "目標値（令和８年度）"}) {
    std::vector<std::string> columns = kThreeTargets;
    columns[2] = name;
    const ProgressSheet sheet = Read({.columns = columns, .rows = {{"1", "1", "1", "1"}}});
    EXPECT_EQ(FindingsOf(sheet.findings, "COLUMN_TWICE").size(), 1U) << name;
    EXPECT_TRUE(HasFatal(sheet.findings));
  }
  const Finding finding =
      OnlyFinding(Read({.columns = {"令和4年度目標値", "令和4年度実績値", "令和3年度進捗評価"},
                        .rows = {{"1", "1", "-"}}})
                      .findings,
                  "COLUMN_TWICE");
  EXPECT_EQ(finding.printed, "進捗評価");
  EXPECT_EQ(finding.made, "令和3年度進捗評価");
}

TEST(ColumnsTest, AColumnThatIsNotImportedIsTold) {
  std::vector<std::string> columns = kThreeTargets;
  columns.insert(columns.begin(), "基準値(令和元年度)");
  const ProgressSheet sheet = Read({.columns = columns, .rows = {{"7", "10", "10", "20", "30"}}});
  EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  EXPECT_EQ(OnlyFinding(sheet.findings, "COLUMN_IGNORED").printed, "基準値(令和元年度)");
  EXPECT_EQ(YearsOf(sheet.rows.at(0)).at(0), "2022: 10 / 10");
}

TEST(ColumnsTest, AColumnThatOnlySpeaksOfTargetsIsNotImportedAndTold) {
  for (const char* name :
       {"目標達成率", "令和4年度目標達成率", "目標値の設定根拠", "目標値に対する割合", "実績の推移"}) {
    std::vector<std::string> columns = kThreeTargets;
    columns.insert(columns.begin() + 1, name);
    const ProgressSheet sheet = Read({.columns = columns, .rows = {{"10", "7", "10", "20", "30"}}});
    EXPECT_FALSE(HasFatal(sheet.findings)) << name << Dump(sheet.findings);
    EXPECT_EQ(OnlyFinding(sheet.findings, "COLUMN_IGNORED").printed, name);
    EXPECT_EQ(YearsOf(sheet.rows.at(0)).at(0), "2022: 10 / 10");
  }
}

TEST(ColumnsTest, PagesWithTheSameYearsInAnotherOrderAreOneSheet) {
  const YearSheet first = {.columns = kThreeTargets, .rows = {{"10", "11", "20", "30"}}};
  YearSheet second = {
      .columns = {"目標値(令和8年度)", "令和4年度実績値", "目標値(令和6年度)", "令和4年度目標値"},
      .rows = {{"31", "13", "21", "12"}}};
  std::string text = TextOf(second);
  text.replace(text.find("参加者数0"), std::string("参加者数0").size(), "件数");
  const ProgressSheet sheet = ReadProgressSheet(TextOf(first) + "\n" + text, {});
  EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  EXPECT_EQ(YearsOf(sheet.rows.at(1)),
            (std::vector<std::string>{"2022: 12 / 13", "2024: 21 / no column", "2026: 31 / no column"}));
}

TEST(ColumnsTest, PagesOfOtherYearsAreRefused) {
  const YearSheet first = {.columns = kThreeTargets, .rows = {{"10", "11", "20", "30"}}};
  YearSheet second = first;
  second.columns[3] = "目標値(令和7年度)";
  Finding finding =
      OnlyFinding(ReadProgressSheet(TextOf(first) + "\n" + TextOf(second), {}).findings, "HEADER_DIFFERS");
  EXPECT_NE(finding.printed.find("令和7年度目標値"), std::string::npos);
  second = first;
  second.judgement = "令和5年度進捗評価";
  finding =
      OnlyFinding(ReadProgressSheet(TextOf(first) + "\n" + TextOf(second), {}).findings, "HEADER_DIFFERS");
  EXPECT_EQ(finding.printed, "令和5年度進捗評価");
  EXPECT_EQ(finding.made, "令和4年度");
}

// How values of several years go together.

TEST(YearsTest, EachActualIsComparedWithTheTargetOfItsYear) {
  const ProgressSheet sheet = Read({.columns = kTwoPairs,
                                    .rows = {{"待機なし", "待機なし", "待機なし", "3人", "待機なし"},
                                             {"5人", "多数", "5人", "6人", "7人"}},
                                    .said = 2022});
  EXPECT_TRUE(sheet.rows.at(0).years.at(0).met_proposed);
  EXPECT_FALSE(sheet.rows.at(0).years.at(1).met_proposed);
  const Finding finding = OnlyFinding(sheet.findings, "TEXT_ACTUAL_FOR_NUMERIC_TARGET");
  EXPECT_EQ(finding.line, 3);
  EXPECT_EQ(finding.column, 8);
}

TEST(YearsTest, UnitsOfEveryYearAreComparedWithTheYearThatIsJudged) {
  const ProgressSheet sheet =
      Read({.columns = kTwoPairs, .rows = {{"1万人", "2万人", "3,000人", "4,000人", "5件"}}, .said = 2022});
  EXPECT_EQ(sheet.rows.at(0).unit, "人");
  EXPECT_EQ(OnlyFinding(sheet.findings, "UNIT_SCALED").column, 7);
  EXPECT_EQ(OnlyFinding(sheet.findings, "UNIT_DIFFERS").column, 11);
}

TEST(YearsTest, ATargetOfAnyYearThatMovesTheOtherWayAsksForConfirmation) {
  const auto moves = [](const std::vector<std::string>& cells) {
    const ProgressSheet sheet = Read({.columns = kThreeTargets, .rows = {cells}});
    return !FindingsOf(sheet.findings, "DIRECTION_UNCONFIRMED").empty();
  };
  EXPECT_FALSE(moves({"10", "10", "20", "30"}));
  EXPECT_TRUE(moves({"10", "10", "20", "15"}));
  EXPECT_TRUE(moves({"10", "10", "-", "9"}));
}

}  // namespace
}  // namespace seisaku::documents
