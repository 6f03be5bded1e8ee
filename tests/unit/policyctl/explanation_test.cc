#include "tools/policyctl/commands/explanation.h"

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/text.h"
#include "tests/unit/policyctl/answers.h"

namespace seisaku::policyctl {
namespace {

using progress::v1::GetEvaluationResponse;
using testing::HasSubstr;
using testing::Not;

constexpr char kBus[] = R"(
evaluation {
  name: "plans/strategy/kpis/kpi-030/evaluations/2022"
  judgement: JUDGEMENT_DELAYED
  rate_percent { value: "74.2" }
  components {
    judgement: JUDGEMENT_DELAYED
    target { number { value { value: "33" } unit: "万人" } printed: "33万人" }
    actual {
      value { number { value { value: "244765" } unit: "人" } printed: "244,765人" }
      revision: 2
    }
    numerator { value: "244765" }
    denominator { value: "330000" }
    rate_percent { value: "74.2" }
  }
  rule { method: "ratio/1" on_track_percent { value: "100" } mostly_on_track_percent { value: "97" } }
  rule_version: 1
  target_revision: 1
  catalog_position: 260
  official { judgement: JUDGEMENT_MOSTLY_ON_TRACK }
  differs: true
}
kpi {
  name: "plans/strategy/kpis/kpi-030" title: "コミュニティバス利用者数" unit: "人" direction: DIRECTION_INCREASE
}
provenance {
  input: "rule" log: "catalog" position: 3 recorded_at { seconds: 1700000000 }
  actor: "seisaku://isesaki/planner/planner-1"
}
provenance {
  input: "target" log: "catalog" position: 200 recorded_at { seconds: 1700000000 }
  actor: "seisaku://isesaki/planner/planner-1"
  source { document: "progress-sheet.txt" line: 43 column: 7 printed: "33万人" }
}
provenance {
  input: "actual" log: "progress" position: 310 recorded_at { seconds: 1700000000 }
  actor: "seisaku://isesaki/planner/planner-1" reason: "再集計"
}
position: 320
)";

TEST(ExplanationTest, SaysWhereEveryInputComesFromAndHowItWasComputed) {
  const auto response = Read<GetEvaluationResponse>(kBus);
  EXPECT_EQ(ExplanationText(Language::kJapanese, response),
            R"(コミュニティバス利用者数 (plans/strategy/kpis/kpi-030)
報告年度            令和4年度
望ましい方向        増加が望ましい
評価基準            ratio/1 第1版: 100%以上は順調に進捗、97%以上は概ね順調に進捗、それ未満は進捗の遅れ
  記録              2023-11-15 07:13:20 seisaku://isesaki/planner/planner-1（catalog 3）
  理由              監査の役割なら policyctl log show 3 --log catalog で読めます
目標値              33万人（令和4年度、第1版）
  出典              progress-sheet.txt:43:7「33万人」
  記録              2023-11-15 07:13:20 seisaku://isesaki/planner/planner-1（catalog 200）
実績値              244,765人（令和4年度、第2版）
  記録              2023-11-15 07:13:20 seisaku://isesaki/planner/planner-1（progress 310）
  理由              再集計
計算                244,765人 < 330,000人: 未達成
計算                244,765人 ÷ 330,000人 = 74.2% < 97%
自動判定            進捗の遅れ（74.2%）
市の評価            ≠ 概ね順調に進捗: 自動判定と相違
  理由              記録なし
ログ位置            progress 320、catalog 260
)");
}

TEST(ExplanationTest, ARateThatIsNotTheRoundedOneSaysSo) {
  auto response = Read<GetEvaluationResponse>(kBus);
  auto& component = *response.mutable_evaluation()->mutable_components(0);
  component.mutable_numerator()->set_value("9996");
  component.mutable_denominator()->set_value("10000");
  component.mutable_rate_percent()->set_value("99.9");
  EXPECT_THAT(ExplanationText(Language::kJapanese, response),
              HasSubstr("= 99.9%（四捨五入では100.0%となるため切捨て）"));
  EXPECT_THAT(ExplanationText(Language::kEnglish, response),
              HasSubstr("= 99.9% (cut off: rounded it would be 100.0%)"));
}

TEST(ExplanationTest, TheJudgementSaysSoToo) {
  auto response = Read<GetEvaluationResponse>(kBus);
  auto& component = *response.mutable_evaluation()->mutable_components(0);
  component.mutable_numerator()->set_value("9996");
  component.mutable_denominator()->set_value("10000");
  component.mutable_rate_percent()->set_value("99.9");
  response.mutable_evaluation()->mutable_rate_percent()->set_value("99.9");
  EXPECT_THAT(ExplanationText(Language::kJapanese, response), HasSubstr("進捗の遅れ（99.9%、切捨て）\n"));
  EXPECT_THAT(ExplanationText(Language::kEnglish, response), HasSubstr("delayed (99.9%, cut off)\n"));
}

TEST(ExplanationTest, ADirectionThatNobodyConfirmedNamesTheCommand) {
  auto response = Read<GetEvaluationResponse>(kBus);
  response.mutable_kpi()->set_direction_unconfirmed(true);
  response.mutable_evaluation()->set_judgement(type::v1::JUDGEMENT_NOT_EVALUABLE);
  response.mutable_evaluation()->add_codes(progress::v1::EVALUATION_CODE_DIRECTION_UNCONFIRMED);
  const std::string text = ExplanationText(Language::kJapanese, response);
  EXPECT_THAT(text, HasSubstr("増加が望ましい（方向未確認のため評価していません）\n"
                              "  確認するには:\n"
                              "    policyctl kpi confirm kpi-030 --plan strategy\n"));
  EXPECT_THAT(text, HasSubstr("理由              方向未確認\n"));
  EXPECT_THAT(ExplanationText(Language::kEnglish, response),
              HasSubstr("more is better (direction unconfirmed"));
}

TEST(ExplanationTest, IsNoWiderThanTheTerminalButForTheCommand) {
  auto response = Read<GetEvaluationResponse>(kBus);
  response.mutable_kpi()->set_direction_unconfirmed(true);
  response.mutable_provenance(2)->set_reason("再集計による。窓口の記録と照合した。\n二度目。");
  for (const int width : {80, 60, 40}) {
    const std::string text = ExplanationText(Language::kJapanese, response, {.terminal_width = width});
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
      EXPECT_TRUE(DisplayWidth(line) <= width || line.starts_with("    policyctl ")) << line;
    }
    EXPECT_THAT(text, HasSubstr("    policyctl kpi confirm kpi-030 --plan strategy\n"));
  }
  EXPECT_THAT(ExplanationText(Language::kJapanese, response, {.terminal_width = 40}),
              HasSubstr("  理由              再集計による。\n"
                        "                    窓口の記録と照合し\n"
                        "                    た。\n"
                        "                    二度目。\n"));
}

std::string Arithmetic(Language language, const std::string& component) {
  auto response = Read<GetEvaluationResponse>(kBus);
  *response.mutable_evaluation()->mutable_components(0) = Read<progress::v1::ComponentEvaluation>(component);
  return ExplanationText(language, response);
}

TEST(ExplanationTest, FiguresThatStandForMoreThanTheirNumberAreComparedInWords) {
  constexpr char kMet[] = R"(
      judgement: JUDGEMENT_ON_TRACK met: true
      target { number { value { value: "60" } unit: "%" } qualifier: QUALIFIER_AT_LEAST printed: "60%以上" }
      actual { value { number { value { value: "62" } unit: "%" } note: "50/80" } })";
  EXPECT_THAT(Arithmetic(Language::kJapanese, kMet),
              HasSubstr("計算                62%(50/80)（目標値 60%以上）: 達成\n"));
  EXPECT_THAT(Arithmetic(Language::kEnglish, kMet),
              HasSubstr("62%(50/80) where the target is 60%以上: met\n"));
}

TEST(ExplanationTest, WhatAFigureLeavesOpenIsSaid) {
  constexpr char kAbout[] = R"(
      judgement: JUDGEMENT_NOT_EVALUABLE codes: EVALUATION_CODE_QUALIFIER_LEAVES_OPEN
      target { number { value { value: "480" } unit: "人" } }
      actual { value { number { value { value: "500" } unit: "人" } qualifier: QUALIFIER_ABOUT } })";
  EXPECT_THAT(Arithmetic(Language::kJapanese, kAbout),
              HasSubstr("約500人（450人～550人）（目標値 480人）: どちらとも言えない\n"));
  constexpr char kRange[] = R"(
      judgement: JUDGEMENT_NOT_EVALUABLE codes: EVALUATION_CODE_QUALIFIER_LEAVES_OPEN
      target { number { value { value: "33" } unit: "万人" } }
      actual { value { number { value { value: "30" } unit: "万人" } qualifier: QUALIFIER_RANGE_FROM } })";
  EXPECT_THAT(Arithmetic(Language::kJapanese, kRange),
              HasSubstr("30万人台（300,000人以上400,000人未満）（目標値 33万人）: どちらとも言えない\n"));
  constexpr char kDecimal[] = R"(
      judgement: JUDGEMENT_ON_TRACK met: true
      target { number { value { value: "0.5" } unit: "点" } }
      actual { value { number { value { value: "2.5" } unit: "点" } qualifier: QUALIFIER_ABOUT } })";
  EXPECT_THAT(Arithmetic(Language::kEnglish, kDecimal),
              HasSubstr("約2.5点 (2.45点 to 2.55点) where the target is 0.5点: met\n"));
}

TEST(ExplanationTest, AFigureBelowOrAtZeroSaysWhereItEnds) {
  constexpr char kBelow[] = R"(
      judgement: JUDGEMENT_NOT_EVALUABLE codes: EVALUATION_CODE_QUALIFIER_LEAVES_OPEN
      target { number { value { value: "-35" } unit: "%" } }
      actual { value { number { value { value: "-30" } unit: "%" } qualifier: QUALIFIER_RANGE_FROM } })";
  EXPECT_THAT(Arithmetic(Language::kJapanese, kBelow), HasSubstr("-30%台（-40%超-30%以下）（目標値 -35%）"));
  EXPECT_THAT(Arithmetic(Language::kEnglish, kBelow), HasSubstr("(more than -40%, -30% or less)"));
  constexpr char kZero[] = R"(
      judgement: JUDGEMENT_NOT_EVALUABLE codes: EVALUATION_CODE_QUALIFIER_LEAVES_OPEN
      target { number { value { value: "0.05" } unit: "%" } qualifier: QUALIFIER_RANGE_FROM }
      actual { value { number { value { value: "0.0" } unit: "%" } qualifier: QUALIFIER_ABOUT } })";
  EXPECT_THAT(Arithmetic(Language::kJapanese, kZero),
              HasSubstr("約0.0%（-0.05%～0.05%）（目標値 0.05%台（0.05%以上0.06%未満））"));
}

TEST(ExplanationTest, EnglishSaysTheSame) {
  const std::string text = ExplanationText(Language::kEnglish, Read<GetEvaluationResponse>(kBus));
  EXPECT_THAT(text, HasSubstr("244,765人 < 330,000人: not met"));
  EXPECT_THAT(text, HasSubstr("244,765人 ÷ 330,000人 = 74.2% < 97%"));
  EXPECT_THAT(text, HasSubstr("progress-sheet.txt:43:7, printed \"33万人\""));
  EXPECT_THAT(text, HasSubstr("≠ mostly on track: differs"));
}

TEST(ExplanationTest, MetTargetNeedsNoBand) {
  auto response = Read<GetEvaluationResponse>(kBus);
  response.mutable_kpi()->set_direction(type::v1::DIRECTION_DECREASE);
  auto& component = *response.mutable_evaluation()->mutable_components(0);
  component = Read<progress::v1::ComponentEvaluation>(R"(
      judgement: JUDGEMENT_ON_TRACK met: true
      target { number { value { value: "1220" } unit: "件" } }
      actual { value { number { value { value: "1143" } unit: "件" } } }
      numerator { value: "1220" } denominator { value: "1143" } rate_percent { value: "106.7" })");
  const std::string text = ExplanationText(Language::kJapanese, response);
  EXPECT_THAT(text, HasSubstr("1,143件 ≤ 1,220件: 達成"));
  EXPECT_THAT(text, HasSubstr("1,220件 ÷ 1,143件 = 106.7%\n"));
}

TEST(ExplanationTest, AToleranceIsShownAsItIsUsed) {
  auto response = Read<GetEvaluationResponse>(kBus);
  response.mutable_kpi()->set_direction(type::v1::DIRECTION_KEEP_WITHIN);
  response.mutable_kpi()->mutable_tolerance()->set_value("0.5");
  auto& component = *response.mutable_evaluation()->mutable_components(0);
  component = Read<progress::v1::ComponentEvaluation>(R"(
      judgement: JUDGEMENT_ON_TRACK met: true
      target { number { value { value: "33" } unit: "万人" } }
      actual { value { number { value { value: "333000" } unit: "人" } } })");
  EXPECT_THAT(ExplanationText(Language::kJapanese, response),
              HasSubstr("333,000人 は 330,000人 ± 5,000人 の範囲内"));
  component.mutable_target()->mutable_number()->mutable_value()->set_value("330000");
  component.mutable_target()->mutable_number()->set_unit("人");
  EXPECT_THAT(ExplanationText(Language::kEnglish, response), HasSubstr("within 330,000人 ± 0.5人"));
}

TEST(ExplanationTest, ARateThatNoDecimalHoldsIsSaidInWords) {
  auto response = Read<GetEvaluationResponse>(kBus);
  response.mutable_evaluation()->mutable_components(0)->clear_rate_percent();
  EXPECT_THAT(ExplanationText(Language::kJapanese, response), HasSubstr("÷ 330,000人 = 18桁を超える率"));
}

TEST(ExplanationTest, NotEvaluableSaysWhyInWords) {
  auto response = Read<GetEvaluationResponse>(kBus);
  *response.mutable_evaluation() = Read<progress::v1::Evaluation>(R"(
      name: "plans/strategy/kpis/kpi-030/evaluations/2022"
      judgement: JUDGEMENT_NOT_EVALUABLE codes: EVALUATION_CODE_ACTUAL_MISSING
      components {
        judgement: JUDGEMENT_NOT_EVALUABLE codes: EVALUATION_CODE_ACTUAL_MISSING
        target { number { value { value: "33" } unit: "万人" } }
      })");
  const std::string text = ExplanationText(Language::kJapanese, response);
  EXPECT_THAT(text, HasSubstr("評価不可"));
  EXPECT_THAT(text, HasSubstr("この年度の実績値がない"));
  EXPECT_THAT(text, HasSubstr("未登録"));
  EXPECT_THAT(text, Not(HasSubstr("÷")));
}

TEST(ExplanationTest, CsvHasTheArithmetic) {
  const Records records = ExplanationRecords(Language::kEnglish, Read<GetEvaluationResponse>(kBus));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].size(), records[0].size());
  EXPECT_EQ(records[1][4], "244765");
}

}  // namespace
}  // namespace seisaku::policyctl
