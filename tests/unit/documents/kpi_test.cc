#include <gtest/gtest.h>

#include "tests/unit/documents/dump.h"
#include "tests/unit/documents/small_sheet.h"

namespace seisaku::documents {
namespace {

SmallRow Row(const std::string& name) {
  return {.headings = {"1 産業", "1 雇用", "① 企業"}, .action = "誘致", .name = name};
}

SmallRow RowWith(const std::string& target, const std::string& actual, const std::string& later) {
  SmallRow row = Row("参加者数");
  row.target = target;
  row.actual = actual;
  row.later = later;
  return row;
}

CellValue Read(const std::string& printed) {
  std::vector<Finding> findings;
  CellValue value = ReadCellValue({.line = 1, .column = 1, .printed = printed}, "", findings);
  EXPECT_FALSE(HasFatal(findings)) << Dump(findings);
  return value;
}

TEST(CellValueTest, NumbersKeepTheirScaleUnitAndYear) {
  const CellValue value = Read("12,025億円 (令和2年)");
  ASSERT_EQ(value.numbers.size(), 1U);
  EXPECT_EQ(value.numbers[0].quantity.value.ToString(), "12025");
  EXPECT_EQ(value.numbers[0].quantity.unit, "億円");
  EXPECT_EQ(value.period, (ObservedPeriod{ObservedPeriod::Kind::kCalendarYear, 2020}));
  EXPECT_EQ(Read("85.0%").numbers[0].quantity.value.ToString(), "85.0");
  EXPECT_EQ(Read("４３．２％（令和３年度）").period,
            (ObservedPeriod{ObservedPeriod::Kind::kFiscalYear, 2021}));
}

TEST(CellValueTest, ProvisionalFiguresAreMarked) {
  EXPECT_TRUE(Read("12件(暫定値)").provisional);
  EXPECT_FALSE(Read("12件(確定値)").provisional);
  const CellValue both = Read("12件 (令和3年度)(暫定値)");
  EXPECT_TRUE(both.provisional && both.period);
}

TEST(CellValueTest, ComponentsKeepTheirOrderAndNames) {
  const CellValue value = Read("女性 80.66歳　男性 78.46歳");
  EXPECT_EQ(ComponentNames(value), (std::vector<std::string>{"女性", "男性"}));
  EXPECT_EQ(value.numbers[1].quantity.value.ToString(), "78.46");
}

TEST(CellValueTest, DashesAndBlanksAreMissing) {
  for (const char* text : {"", " ", "-", "－", "―", "　"})
    EXPECT_EQ(Read(text).kind, CellValue::Kind::kMissing) << text;
}

TEST(CellValueTest, WordsAreText) {
  EXPECT_EQ(Read(" 待機児童なし").text, "待機児童なし");
  EXPECT_EQ(Read("全校区において1校以上で実施").kind, CellValue::Kind::kText);
  EXPECT_EQ(Read("実施(一部)").text, "実施(一部)");
}

TEST(CellValueTest, WhatBeginsLikeANumberMustBeOne) {
  for (const char* text : {"1,23人", "12..5件", "93.5%85.0%", "10件 くらい 12"}) {
    std::vector<Finding> findings;
    const CellValue value = ReadCellValue({.line = 3, .column = 7, .printed = text}, "", findings);
    EXPECT_EQ(value.kind, CellValue::Kind::kMissing) << text;
    EXPECT_EQ(OnlyFinding(findings, "VALUE_NOT_A_NUMBER").printed, text);
    EXPECT_FALSE(HasFatal(findings));
  }
}

TEST(CellValueTest, MoreDigitsThanCanBeKeptAreRefusedAndNeverRounded) {
  for (const char* text : {"1234567890123456789012件", "99,999,999,999,999,999,999億円", "127.1234567人"}) {
    std::vector<Finding> findings;
    const CellValue value = ReadCellValue({.line = 3, .column = 7, .printed = text}, "", findings);
    EXPECT_EQ(value.kind, CellValue::Kind::kMissing) << text;
    EXPECT_EQ(OnlyFinding(findings, "VALUE_OUT_OF_BOUNDS").severity, Severity::kError);
  }
}

TEST(CellValueTest, SpaceBeforeAUnitAndAMisreadCharacterAreRead) {
  EXPECT_EQ(Read("90 件").numbers[0].quantity.unit, "件");
  EXPECT_EQ(Read("92力所").numbers[0].quantity.unit, "カ所");
  EXPECT_EQ(Read("92力士").numbers[0].quantity.unit, "力士");
}

TEST(KpiTest, LostNameIsProvisionalAndInheritsWhatItsBlockShares) {
  SmallRow second = {.headings = {"", "", ""}, .name = "", .target = "5人", .department = "", .status = ""};
  const ProgressSheet sheet = ReadSmallSheet({Row("企業数"), second});
  const KpiRow& kpi = sheet.rows[1];
  EXPECT_TRUE(kpi.provisional_name);
  EXPECT_EQ(kpi.name, "〔指標名欠落〕");
  EXPECT_EQ(kpi.node, sheet.rows[0].node);
  EXPECT_EQ(kpi.departments, std::vector<std::string>{"企画課"});
  EXPECT_EQ(kpi.implementation_status.text, "実施した。");
  EXPECT_EQ(OnlyFinding(sheet.findings, "PROVISIONAL_NAME").column, 6);
}

TEST(KpiTest, DepartmentIsNotInheritedByAnotherAction) {
  SmallRow second = {.headings = {"", "", ""}, .action = "融資", .name = "件数", .department = ""};
  const ProgressSheet sheet = ReadSmallSheet({Row("企業数"), second});
  EXPECT_TRUE(sheet.rows[1].departments.empty());
  EXPECT_EQ(OnlyFinding(sheet.findings, "DEPARTMENT_MISSING").line, 4);
}

TEST(KpiTest, DepartmentsAreSplitOnlyIntoNames) {
  SmallRow two = Row("企業数");
  two.department = "都市開発課　道路室";
  EXPECT_EQ(ReadSmallSheet({two}).rows[0].departments, (std::vector<std::string>{"都市開発課", "道路室"}));
  two.department = "こども 保育課";
  EXPECT_EQ(ReadSmallSheet({two}).rows[0].departments, (std::vector<std::string>{"こども 保育課"}));
  for (const char* marked :
       {"都市開発課・道路室", "都市開発課、 道路室", "都市開発課／道路室", "都市開発課・ 道路室"}) {
    two.department = marked;
    const ProgressSheet sheet = ReadSmallSheet({two});
    EXPECT_EQ(sheet.rows[0].departments, (std::vector<std::string>{"都市開発課", "道路室"})) << marked;
    OnlyFinding(sheet.findings, "DEPARTMENTS_SPLIT");
  }
  // A mark may belong to the name.
  for (const char* one : {"公園・緑地課", "子育て・保健課"}) {
    two.department = one;
    EXPECT_EQ(ReadSmallSheet({two}).rows[0].departments, (std::vector<std::string>{one}));
  }
}

TEST(KpiTest, DirectionIsProposedFromTheName) {
  const auto direction = [](const std::string& name) {
    return ReadSmallSheet({Row(name)}).rows[0].direction.direction;
  };
  EXPECT_EQ(direction("交通事故発生件数"), Direction::kDecrease);
  EXPECT_EQ(direction("空き家数"), Direction::kDecrease);
  EXPECT_EQ(direction("危険空き家除却件数"), Direction::kIncrease);
  EXPECT_EQ(direction("利用者数"), Direction::kIncrease);
}

TEST(KpiTest, TargetThatMovesTheOtherWayAsksForConfirmation) {
  SmallRow row = Row("クラブ数");
  row.later = "9人";
  EXPECT_EQ(OnlyFinding(ReadSmallSheet({row}).findings, "DIRECTION_UNCONFIRMED").severity,
            Severity::kWarning);
  row.later = "10人";
  EXPECT_EQ(OnlyFinding(ReadSmallSheet({row}).findings, "DIRECTION_PROPOSED").severity, Severity::kInfo);
}

TEST(KpiTest, ConfirmedDirectionGivesNoFinding) {
  Confirmations confirmations;
  confirmations.kpis["クラブ数"] = {
      {.direction = Direction::kKeepWithin, .corrected_name = "児童クラブ数", .id = "kpi-7"}};
  confirmations.kpis["ない指標"] = {{.direction = Direction::kDecrease}};
  SmallRow row = Row("クラブ数");
  row.later = "9人";
  const ProgressSheet sheet = ReadSmallSheet({row}, confirmations);
  EXPECT_EQ(sheet.rows[0].direction.direction, Direction::kKeepWithin);
  EXPECT_EQ(sheet.rows[0].direction.basis, DirectionBasis::kConfirmed);
  EXPECT_EQ(sheet.rows[0].name, "クラブ数");
  EXPECT_EQ(sheet.rows[0].confirmed.corrected_name, "児童クラブ数");
  EXPECT_EQ(sheet.rows[0].confirmed.id, "kpi-7");
  EXPECT_TRUE(FindingsOf(sheet.findings, "DIRECTION_UNCONFIRMED").empty());
  EXPECT_EQ(OnlyFinding(sheet.findings, "CONFIRMATION_UNUSED").printed, "ない指標");
}

TEST(KpiTest, ScaledUnitsAreComparableAndOthersAreTold) {
  const ProgressSheet scaled = ReadSmallSheet({RowWith("33万人", "244,765人", "35万人")});
  EXPECT_EQ(scaled.rows[0].unit, "人");
  EXPECT_EQ(OnlyFinding(scaled.findings, "UNIT_SCALED").column, 8);
  EXPECT_EQ(OnlyFinding(ReadSmallSheet({RowWith("33人", "20件", "35人")}).findings, "UNIT_DIFFERS").column,
            8);
}

TEST(KpiTest, ComponentsThatDifferFromTheTargetsAreTold) {
  const ProgressSheet sheet = ReadSmallSheet({RowWith("男性 7歳 女性 8歳", "男性 7歳 児童 8歳", "-")});
  EXPECT_EQ(OnlyFinding(sheet.findings, "COMPONENTS_DIFFER").made, "男性、女性");
}

TEST(KpiTest, QualitativeIsProposedAsMetOnlyForIdenticalText) {
  const ProgressSheet same = ReadSmallSheet({RowWith("待機なし", "待機なし", "待機なし")});
  EXPECT_TRUE(same.rows[0].Judged().met_proposed);
  OnlyFinding(same.findings, "QUALITATIVE_MET");
  const ProgressSheet other = ReadSmallSheet({RowWith("待機なし", "3人", "待機なし")});
  EXPECT_FALSE(other.rows[0].Judged().met_proposed);
  EXPECT_EQ(OnlyFinding(other.findings, "QUALITATIVE_UNDECIDED").severity, Severity::kWarning);
  EXPECT_EQ(other.rows[0].direction.direction, Direction::kQualitative);
}

TEST(KpiTest, TextActualBesideANumericTargetCostsTheRow) {
  const Finding finding = OnlyFinding(ReadSmallSheet({RowWith("10人", "多数", "15人")}).findings,
                                      "TEXT_ACTUAL_FOR_NUMERIC_TARGET");
  EXPECT_EQ(finding.severity, Severity::kError);
  EXPECT_EQ(finding.printed, "多数");
}

TEST(JudgementTest, VocabularyIsClosedButForSpaceAndWidth) {
  EXPECT_EQ(ParseJudgement(" 概ね順調に 進捗")->judgement, Judgement::kMostlyOnTrack);
  EXPECT_EQ(ParseJudgement("進捗の遅れ（コロナ）")->cause, "コロナ");
  EXPECT_EQ(ParseJudgement("進捗の遅れ (ｺﾛﾅ)")->cause, "コロナ");
  for (const char* text :
       {"", "順調", "順調に進捗(コロナ)", "進捗の遅れコロナ", "進捗の遅れ()", "評価不可能"}) {
    EXPECT_FALSE(ParseJudgement(text)) << text;
  }
}

TEST(JudgementTest, UnknownCauseIsOtherWithAWarning) {
  SmallRow row = Row("企業数");
  row.judgement = "進捗の遅れ (天候)";
  const ProgressSheet sheet = ReadSmallSheet({row});
  EXPECT_EQ(sheet.rows[0].causes, std::vector<Cause>{Cause::kOther});
  EXPECT_EQ(OnlyFinding(sheet.findings, "CAUSE_UNKNOWN").severity, Severity::kWarning);
}

TEST(JudgementTest, CauseOfNoEvaluationIsProposedFromItsReason) {
  SmallRow row = Row("企業数");
  row.judgement = "評価不可";
  row.reason = "※評価不可の理由 統計が廃止され、算出できない。";
  const ProgressSheet sheet = ReadSmallSheet({row});
  EXPECT_EQ(sheet.rows[0].causes, std::vector<Cause>{Cause::kSourceAbolished});
  EXPECT_EQ(sheet.rows[0].reason_for_delay.text, row.reason);
  OnlyFinding(sheet.findings, "REASON_IN_DELAY_COLUMN");
  row.reason = "不明";
  EXPECT_TRUE(ReadSmallSheet({row}).rows[0].causes.empty());
}

}  // namespace
}  // namespace seisaku::documents
