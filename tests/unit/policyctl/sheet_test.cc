#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/text.h"
#include "tests/unit/policyctl/answers.h"
#include "tools/policyctl/commands/sheet_remarks.h"
#include "tools/policyctl/commands/sheet_table.h"

namespace seisaku::policyctl {
namespace {

using progress::v1::GetProgressSheetResponse;

constexpr char kSheet[] = R"(
nodes { name: "plans/p/nodes/n-1" number: "1" title: "しごとの創生" }
nodes { name: "plans/p/nodes/n-2" number: "1" title: "安定した雇用の創出" }
nodes { name: "plans/p/nodes/n-3" number: "①" title: "就労への総合的支援" }
nodes { name: "plans/p/nodes/n-4" title: "高齢者の就労支援" }
rows {
  kpi { name: "plans/p/kpis/kpi-001" title: "製造品出荷額等" departments: "departments/d-1" }
  path: "plans/p/nodes/n-1" path: "plans/p/nodes/n-2" path: "plans/p/nodes/n-3" path: "plans/p/nodes/n-4"
  evaluation {
    judgement: JUDGEMENT_DELAYED
    rate_percent { value: "83.7" }
    components {
      judgement: JUDGEMENT_DELAYED
      target { number { value { value: "12025" } unit: "億円" } observed_period { calendar_year: 2020 } }
      actual { value { number { value { value: "10060" } unit: "億円" } observed_period { calendar_year: 2020 } } }
      rate_percent { value: "83.7" }
    }
    official { judgement: JUDGEMENT_DELAYED causes: CAUSE_COVID19 }
  }
}
rows {
  kpi {
    name: "plans/p/kpis/kpi-002" title: "健康寿命" components: "男性" components: "女性"
    departments: "departments/d-1" departments: "departments/d-2"
  }
  path: "plans/p/nodes/n-1" path: "plans/p/nodes/n-2" path: "plans/p/nodes/n-3"
  evaluation {
    judgement: JUDGEMENT_NOT_EVALUABLE
    codes: EVALUATION_CODE_COMPONENT_MISSING
    components {
      component: "男性" judgement: JUDGEMENT_ON_TRACK
      target { number { value { value: "78.46" } unit: "歳" } }
      actual { value { number { value { value: "78.50" } unit: "歳" } } provisional: true }
      rate_percent { value: "100.1" }
      codes: EVALUATION_CODE_PROVISIONAL
    }
    components {
      component: "女性" judgement: JUDGEMENT_NOT_EVALUABLE
      target { number { value { value: "80.66" } unit: "歳" } }
      codes: EVALUATION_CODE_ACTUAL_MISSING
    }
    official { judgement: JUDGEMENT_ON_TRACK }
    differs: true
  }
}
rows {
  kpi { name: "plans/p/kpis/kpi-003" title: "特定健康診査実施率" departments: "departments/d-1" }
  path: "plans/p/nodes/n-1"
  evaluation {
    judgement: JUDGEMENT_DELAYED
    rate_percent { value: "81.5" }
    components {
      judgement: JUDGEMENT_DELAYED
      target { number { value { value: "53.0" } unit: "%" } }
      actual { value { number { value { value: "43.2" } unit: "%" } observed_period { fiscal_year: 2021 } } }
      rate_percent { value: "81.5" }
      codes: EVALUATION_CODE_OBSERVED_PERIODS_DIFFER
    }
    codes: EVALUATION_CODE_OBSERVED_PERIODS_DIFFER
  }
}
position: 42
)";

TEST(SheetTest, ShowsRowsUnderTheirGoalsWithComponentsMarksAndFootnotes) {
  const auto sheet = Read<GetProgressSheetResponse>(kSheet);
  EXPECT_EQ(SheetText(Language::kJapanese, sheet, 2022, {{"departments/d-1", "企業誘致課"}}, {}),
            R"(令和4年度 進捗管理シート

ID       指標                    目標値      実績値  達成率  自動判定    市の評価               担当課           備考
-------  ------------------  ----------  ----------  ------  ----------  ------------------  -  ---------------  ----
1 しごとの創生
  1 安定した雇用の創出
    ① 就労への総合的支援
kpi-001  製造品出荷額等      12,025億円  10,060億円   83.7%  進捗の遅れ  進捗の遅れ(コロナ)     企業誘致課       *1
kpi-002  健康寿命                                            評価不可    順調に進捗          ≠  企業誘致課・d-2  *2
           男性                 78.46歳     78.50歳  100.1%  順調に進捗                                          *3
           女性                 80.66歳                      評価不可                                            *4
1 しごとの創生
kpi-003  特定健康診査実施率       53.0%       43.2%   81.5%  進捗の遅れ                         企業誘致課       *5

*1 目標値・実績値は令和2年
*2 内訳に目標値か実績値の欠けたものがある
*3 暫定値
*4 この年度の実績値がない
*5 実績値は令和3年度（対象時期が異なる）
指標 3件: 順調に進捗 0、概ね順調に進捗 0、進捗の遅れ 2、評価不可 1／≠ 市の評価と相違 1件／ログ位置 42
)");
}

TEST(SheetTest, OnANarrowTerminalColumnsGiveWayOneByOneAndItSaysWhich) {
  const auto sheet = Read<GetProgressSheetResponse>(kSheet);
  const auto text_at = [&](int width) {
    return SheetText(Language::kJapanese, sheet, 2022, {{"departments/d-1", "企業誘致課"}},
                     {.terminal_width = width});
  };
  EXPECT_THAT(text_at(120), testing::Not(testing::HasSubstr("省いた列")));
  EXPECT_THAT(text_at(100), testing::HasSubstr("省いた列: 担当課（"));
  const std::string narrow = text_at(80);
  EXPECT_THAT(narrow, testing::HasSubstr("省いた列: 担当課、ID、達成率（"));
  EXPECT_THAT(narrow, testing::HasSubstr("*5 実績値は令和3年度"));
  EXPECT_THAT(text_at(60),
              testing::Not(testing::HasSubstr("*5 ")));  // nor the notes that marks would point to
}

TEST(SheetTest, NothingIsWiderThanTheTerminalAndNameAndJudgementStay) {
  const auto sheet = Read<GetProgressSheetResponse>(kSheet);
  for (const Language language : {Language::kJapanese, Language::kEnglish}) {
    for (int width = 30; width <= 160; width += 5) {
      const std::string text = SheetText(language, sheet, 2022, {{"departments/d-1", "企業誘致課"}},
                                         {.terminal_width = width}, {"注: " + std::string(100, 'x')});
      const std::vector<std::string> lines = absl::StrSplit(text, '\n');
      for (const std::string& line : lines) EXPECT_LE(DisplayWidth(line), width) << line;
      EXPECT_THAT(text, testing::HasSubstr("製造品"));
      EXPECT_THAT(text, testing::HasSubstr(language == Language::kJapanese ? "進捗の遅れ" : "delayed"));
    }
  }
}

TEST(SheetTest, AWideTerminalShowsWhatAFileHas) {
  const auto sheet = Read<GetProgressSheetResponse>(kSheet);
  EXPECT_EQ(SheetText(Language::kJapanese, sheet, 2022, {}, {.terminal_width = 200}),
            SheetText(Language::kJapanese, sheet, 2022, {}, {}));
}

TEST(SheetTest, ARateThatIsCutOffAndNotRoundedSaysSo) {
  auto sheet = Read<GetProgressSheetResponse>(kSheet);
  auto& component = *sheet.mutable_rows(0)->mutable_evaluation()->mutable_components(0);
  component.mutable_numerator()->set_value("9996");
  component.mutable_denominator()->set_value("10000");
  component.mutable_rate_percent()->set_value("99.9");
  EXPECT_THAT(SheetText(Language::kJapanese, sheet, 2022, {}, {}), testing::HasSubstr("達成率は切捨て"));
  EXPECT_THAT(SheetRecords(Language::kEnglish, sheet, {})[1].back(), "the rate is cut off, not rounded");
}

TEST(SheetTest, FiguresHaveWhatStandsBesideThem) {
  auto sheet = Read<GetProgressSheetResponse>(kSheet);
  auto& component = *sheet.mutable_rows(0)->mutable_evaluation()->mutable_components(0);
  component.mutable_target()->set_qualifier(type::v1::QUALIFIER_AT_LEAST);
  component.mutable_actual()->mutable_value()->set_qualifier(type::v1::QUALIFIER_ABOUT);
  component.mutable_actual()->mutable_value()->set_note("速報値");
  const Records records = SheetRecords(Language::kJapanese, sheet, {});
  EXPECT_EQ(records[1][4], "12,025億円以上");
  EXPECT_EQ(records[1][5], "約10,060億円(速報値)");
}

TEST(SheetRemarksTest, SayThatDirectionsAreUnconfirmedAndHowToConfirmThem) {
  auto sheet = Read<GetProgressSheetResponse>(kSheet);
  EXPECT_THAT(SheetRemarks(Language::kJapanese, sheet, 2022), testing::IsEmpty());
  sheet.mutable_rows(0)->mutable_kpi()->set_direction_unconfirmed(true);
  auto& evaluation = *sheet.mutable_rows(0)->mutable_evaluation();
  evaluation.mutable_components(0)->add_codes(progress::v1::EVALUATION_CODE_DIRECTION_UNCONFIRMED);
  EXPECT_THAT(SheetRemarks(Language::kJapanese, sheet, 2022),
              testing::ElementsAre(testing::HasSubstr("未確認のため評価していない指標が1件"),
                                   "  policyctl kpi confirm --plan p"));
  EXPECT_THAT(SheetRemarks(Language::kEnglish, sheet, 2022)[0], testing::HasSubstr("1 KPIs are not judged"));
  EXPECT_THAT(SheetText(Language::kJapanese, sheet, 2022, {}, {}), testing::HasSubstr(" 方向未確認\n"));
}

TEST(SheetRemarksTest, SayThatAYearHasNothing) {
  auto sheet = Read<GetProgressSheetResponse>(R"(
      rows {
        kpi { name: "plans/p/kpis/k" title: "指標" targets { reporting_year: 2022 } targets { reporting_year: 2024 } }
        evaluation { judgement: JUDGEMENT_NOT_EVALUABLE components { judgement: JUDGEMENT_NOT_EVALUABLE } }
      })");
  EXPECT_THAT(SheetRemarks(Language::kJapanese, sheet, 2117),
              testing::ElementsAre(testing::HasSubstr("令和99年度の目標値・実績値は一つも登録されていません"),
                                   "  目標値のある年度: 令和4年度、令和6年度"));
  const std::string shown =
      SheetText(Language::kEnglish, sheet, 2117, {}, {}, SheetRemarks(Language::kEnglish, sheet, 2117));
  EXPECT_LT(shown.find("remark: the plan has no target"), shown.find("KPI "));
  sheet.clear_rows();
  EXPECT_THAT(SheetRemarks(Language::kEnglish, sheet, 2117),
              testing::ElementsAre("remark: the plan has no KPI in FY2117"));
}

TEST(SheetTest, EnglishSheetHasTheSameFigures) {
  const auto sheet = Read<GetProgressSheetResponse>(kSheet);
  const std::string text = SheetText(Language::kEnglish, sheet, 2022, {}, {});
  EXPECT_THAT(text, testing::HasSubstr("12,025億円"));
  EXPECT_THAT(text, testing::HasSubstr("delayed (COVID-19)"));
  EXPECT_THAT(text, testing::HasSubstr("3 KPIs: on track 0, mostly on track 0, delayed 2, not evaluable 1"));
  EXPECT_THAT(text, testing::HasSubstr("d-1・d-2"));
}

TEST(SheetTest, CsvHasOneRecordForEachKpiAndForEachComponent) {
  const auto sheet = Read<GetProgressSheetResponse>(kSheet);
  const Records records = SheetRecords(Language::kJapanese, sheet, {});
  ASSERT_EQ(records.size(), 6u);
  for (const auto& record : records) EXPECT_EQ(record.size(), records[0].size());
  EXPECT_EQ(records[1][1], "1 しごとの創生 > 1 安定した雇用の創出 > ① 就労への総合的支援 > 高齢者の就労支援");
  EXPECT_EQ(records[2][2], "健康寿命");
  EXPECT_EQ(records[2][3], "");
  EXPECT_EQ(records[4][3], "女性");
}

TEST(SheetTest, CsvCountsEachKpiOnceAsTheSummaryDoes) {
  const auto sheet = Read<GetProgressSheetResponse>(kSheet);
  std::map<std::string, int> derived;
  std::map<std::string, int> official;
  int differing = 0;
  const Records records = SheetRecords(Language::kJapanese, sheet, {});
  EXPECT_EQ(records[0][7], "自動判定");
  EXPECT_EQ(records[0][9], "市の評価");
  for (size_t i = 1; i < records.size(); ++i) {
    if (!records[i][7].empty()) ++derived[records[i][7]];
    if (!records[i][9].empty()) ++official[records[i][9]];
    differing += records[i][10] == "≠";
  }
  EXPECT_THAT(derived, testing::ElementsAre(testing::Pair("評価不可", 1), testing::Pair("進捗の遅れ", 2)));
  EXPECT_EQ(official["順調に進捗"], 1);
  EXPECT_EQ(differing, 1);
  EXPECT_EQ(records[3][8], "順調に進捗");
  EXPECT_EQ(records[4][8], "評価不可");
}

}  // namespace
}  // namespace seisaku::policyctl
