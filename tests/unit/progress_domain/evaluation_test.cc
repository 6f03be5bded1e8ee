// Every case of the evaluation as a row of one table.
#include "services/progress/domain/evaluation.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace seisaku::progress {
namespace {

using enum type::v1::Direction;
using enum type::v1::Judgement;

constexpr Direction kMore = DIRECTION_INCREASE;
constexpr Direction kLess = DIRECTION_DECREASE;
constexpr Direction kKeep = DIRECTION_KEEP_WITHIN;
constexpr Direction kWords = DIRECTION_QUALITATIVE;

// A cell: "100人"; "100人 @2021" for a figure that is about the calendar year 2021; anything else is words;
// "" is missing. All rows stand on the sheet of the fiscal year 2022.
struct Component {
  const char* target;
  const char* actual;
  const char* baseline = "";
  bool recorded_met = false;
  bool provisional = false;
};

// `rule`: method and bands, "" for none. `rates` and `codes`: the whole's, then each component's where there
// are several, separated by ";". A rate "-" is unset.
struct Row {
  const char* name;
  Direction direction;
  const char* rule;
  std::vector<Component> components;
  const char* judgements;
  const char* rates;
  const char* codes = "";
  const char* tolerance = "0";
};

const char kRatio[] = "ratio/1 100 97";
const char kBaseline[] = "baseline/1 100 97";

// clang-format off: one case, one line
// One case a line.
// clang-format off
const Row kRows[] = {
    // The sheet's own.
    {"新規就労者数 18 of 23", kMore, kRatio, {{"23人", "18人"}}, "遅れ", "78.3"},
    {"防犯灯 16,856 of 17,000", kMore, kRatio, {{"17,000基", "16,856基"}}, "概ね", "99.2"},
    {"33万人 against 244,765人", kMore, kRatio, {{"33万人", "244,765人"}}, "遅れ", "74.2"},
    {"491.5万人 in 千人", kMore, kRatio, {{"491.5万人", "4,915千人"}}, "順調", "100.0"},
    {"12,025億円 in 兆円", kMore, kRatio, {{"1.2025兆円", "12,025億円"}}, "順調", "100.0"},
    {"accidents fell to their target", kLess, kRatio, {{"1,220件", "1,143件"}}, "順調", "106.7"},
    {"accidents did not", kLess, kRatio, {{"1,143件", "1,220件"}}, "遅れ", "93.7"},
    {"放課後児童クラブ: better higher, target falling", kMore, kRatio, {{"90", "92"}}, "順調", "102.2"},

    // Met is decided by comparison, the bands only below it.
    {"exactly met", kMore, kRatio, {{"85.0%", "85%"}}, "順調", "100.0"},
    {"more than met", kMore, kRatio, {{"50%", "80%"}}, "順調", "160.0"},
    {"at the lower band", kMore, kRatio, {{"100件", "97件"}}, "概ね", "97.0"},
    {"a hair below the lower band", kMore, kRatio, {{"1,000,000件", "969,999件"}}, "遅れ", "96.9"},
    {"a third is not rounded up to a band", kMore, "ratio/1 100 33.333333", {{"3件", "1件"}}, "概ね", "33.4"},
    {"the upper band may be below met", kMore, "ratio/1 90 80", {{"100件", "90件"}}, "順調", "90.0"},
    {"met where the upper band is above it", kMore, "ratio/1 120 97", {{"100件", "100件"}}, "順調", "100.0"},
    {"not met, though less is a hair more", kLess, kRatio, {{"100件", "100.1件"}}, "概ね", "99.9"},

    // What is shown never crosses an edge.
    {"99.96 % shows 99.9", kMore, kRatio, {{"10,000件", "9,996件"}}, "概ね", "99.9"},
    {"96.96 % shows 96.9", kMore, kRatio, {{"10,000件", "9,696件"}}, "遅れ", "96.9"},
    {"96.95 % shows 96.9", kMore, kRatio, {{"10,000件", "9,695件"}}, "遅れ", "96.9"},
    {"78.25 % is rounded half up", kMore, kRatio, {{"10,000件", "7,825件"}}, "遅れ", "78.3"},
    {"100.04 % is rounded down", kMore, kRatio, {{"10,000件", "10,004件"}}, "順調", "100.0"},
    {"not met shows below 100 also where the band is lower", kMore, "ratio/1 95 90", {{"10,000件", "9,996件"}}, "順調", "99.9"},
    {"an edge between tenths is kept from below", kMore, "ratio/1 100 96.94", {{"10,000件", "9,694件"}}, "概ね", "97.0"},

    // No ratio.
    {"target zero, met", kLess, kRatio, {{"0人", "0人"}}, "順調", "-"},
    {"待機児童 zero, not met", kLess, kRatio, {{"0人", "3人"}}, "遅れ", "-", "RATE_UNDEFINED"},
    {"actual zero, not met", kMore, kRatio, {{"10人", "0人"}}, "遅れ", "-", "RATE_UNDEFINED"},
    {"actual zero, met", kLess, kRatio, {{"10人", "0人"}}, "順調", "-"},
    {"negative target, met", kMore, kRatio, {{"-100人", "-50人"}}, "順調", "-"},
    {"negative target, not met", kMore, kRatio, {{"-50人", "-100人"}}, "遅れ", "-", "RATE_UNDEFINED"},

    // A rate that no Decimal holds is not shown.
    {"a rate of 18 digits", kMore, kRatio, {{"0.01件", "99,999,999,999,999.9件"}}, "順調", "999999999999999000.0"},
    {"a rate of 19 digits", kMore, kRatio, {{"0.01件", "100,000,000,000,000件"}}, "順調", "-"},
    {"a rate beyond 128 bits", kMore, kRatio, {{"0.000001件", "999999999999999999千兆件"}}, "順調", "-"},
    {"a negative rate of 19 digits", kMore, kBaseline, {{"0.01件", "-100,000,000,000,000件", "0件"}}, "遅れ", "-"},

    // Against the baseline.
    {"three quarters of the way", kMore, kBaseline, {{"140人", "130人", "100人"}}, "遅れ", "75.0"},
    {"all but a hair of the way", kMore, kBaseline, {{"200人", "199.97人", "100人"}}, "概ね", "99.9"},
    {"three quarters of the way down", kLess, kBaseline, {{"100件", "110件", "140件"}}, "遅れ", "75.0"},
    {"the wrong way", kMore, kBaseline, {{"140人", "90人", "100人"}}, "遅れ", "-25.0"},
    {"below zero and on the way", kMore, kBaseline, {{"0人", "-50人", "-100人"}}, "遅れ", "50.0"},
    {"met", kMore, kBaseline, {{"140人", "150人", "100人"}}, "順調", "125.0"},
    {"a scaled baseline", kMore, kBaseline, {{"3万人", "25,000人", "20千人"}}, "遅れ", "50.0"},
    {"target is the baseline, not met", kMore, kBaseline, {{"90", "89", "90"}}, "遅れ", "-", "RATE_UNDEFINED"},
    {"target is the baseline, met", kMore, kBaseline, {{"90", "90", "90"}}, "順調", "-"},
    {"a target behind the baseline, overshot", kMore, kBaseline, {{"90", "89", "92"}}, "遅れ", "-", "RATE_UNDEFINED"},
    {"no baseline, not met", kMore, kBaseline, {{"90", "89"}}, "評価不可", "-", "BASELINE_MISSING"},
    {"no baseline, met", kMore, kBaseline, {{"90", "90"}}, "順調", "-"},
    {"a baseline in words", kMore, kBaseline, {{"90", "89", "なし"}}, "評価不可", "-", "KIND_MISMATCH"},
    {"a baseline in another unit", kMore, kBaseline, {{"90人", "89人", "80件"}}, "評価不可", "-", "UNIT_MISMATCH"},
    {"ratio/1 looks at no baseline", kMore, kRatio, {{"100人", "98人", "なし"}}, "概ね", "98.0"},

    // Keep within.
    {"inside", kKeep, kRatio, {{"50%", "52%"}}, "順調", "-", "", "2"},
    {"outside above", kKeep, kRatio, {{"50%", "52.1%"}}, "遅れ", "-", "", "2"},
    {"outside below", kKeep, kRatio, {{"50%", "47.9%"}}, "遅れ", "-", "", "2"},
    {"the tolerance is in the target's unit", kKeep, kRatio, {{"3万人", "31,000人"}}, "順調", "-", "", "0.1"},
    {"without tolerance", kKeep, kRatio, {{"50%", "50.0%"}}, "順調", "-"},

    // Words.
    {"待機児童なし, met", kWords, kRatio, {{"待機児童なし", "待機児童なし", "", true}}, "順調", "-"},
    {"met as recorded, not as written", kWords, kRatio, {{"実施", "実施", "", false}}, "遅れ", "-"},
    {"words met by a number", kWords, kRatio, {{"待機児童なし", "0人", "", true}}, "順調", "-"},
    {"words without target", kWords, kRatio, {{"", "実施", "", true}}, "評価不可", "-", "TARGET_MISSING"},

    // Not evaluable.
    {"no target", kMore, kRatio, {{"", "18人"}}, "評価不可", "-", "TARGET_MISSING"},
    {"no actual", kMore, kRatio, {{"23人", ""}}, "評価不可", "-", "ACTUAL_MISSING"},
    {"neither", kMore, kRatio, {{"", ""}}, "評価不可", "-", "TARGET_MISSING ACTUAL_MISSING"},
    {"other units", kMore, kRatio, {{"23人", "23件"}}, "評価不可", "-", "UNIT_MISMATCH"},
    {"a unit against none", kMore, kRatio, {{"23人", "23"}}, "評価不可", "-", "UNIT_MISMATCH"},
    {"a target in words beside a number", kMore, kRatio, {{"増加", "23件"}}, "評価不可", "-", "KIND_MISMATCH"},
    {"an actual in words beside a number", kMore, kRatio, {{"23件", "増加"}}, "評価不可", "-", "KIND_MISMATCH"},
    {"words on both sides of a number's KPI", kMore, kRatio, {{"増加", "増加"}}, "評価不可", "-", "KIND_MISMATCH"},
    {"no rule, even if met", kMore, "", {{"23人", "23人"}}, "評価不可", "-", "RULE_MISSING"},
    {"no rule and no actual", kMore, "", {{"23人", ""}}, "評価不可", "-", "ACTUAL_MISSING RULE_MISSING"},
    {"no direction", DIRECTION_UNSPECIFIED, kRatio, {{"23人", "23人"}}, "評価不可", "-", "RULE_MISSING"},

    // Circumstances beside the judgement.
    {"periods differ", kMore, kRatio, {{"23人", "23人 @2021"}}, "順調", "100.0", "OBSERVED_PERIODS_DIFFER"},
    {"fiscal 2022 is not calendar 2022", kMore, kRatio, {{"23人 @2022", "23人"}}, "順調", "100.0", "OBSERVED_PERIODS_DIFFER"},
    {"the same other period", kMore, kRatio, {{"23人 @2021", "23人 @2021"}}, "順調", "100.0"},
    {"provisional", kMore, kRatio, {{"23人", "23人", "", false, true}}, "順調", "100.0", "PROVISIONAL"},
    {"provisional and not evaluable", kMore, kRatio, {{"23人", "23件", "", false, true}}, "評価不可", "-", "UNIT_MISMATCH PROVISIONAL"},

    // Several components: the worst.
    {"小学校 met, 中学校 mostly", kMore, kRatio, {{"93.5%", "94%"}, {"85.0%", "83.0%"}}, "概ね;順調;概ね", "97.6;100.5;97.6"},
    {"equal judgements, the lower rate", kMore, kRatio, {{"100", "60"}, {"100", "50"}, {"100", "70"}}, "遅れ;遅れ;遅れ;遅れ", "50.0;60.0;50.0;70.0"},
    {"delayed without a rate is the worst", kMore, kRatio, {{"100", "50"}, {"100", "0"}}, "遅れ;遅れ;遅れ", "-;50.0;-", "RATE_UNDEFINED;;RATE_UNDEFINED"},
    {"met without a rate is the best", kMore, kRatio, {{"-5", "0"}, {"100", "110"}}, "順調;順調;順調", "110.0;-;110.0"},
    {"a component met without a rate hides no lower rate", kMore, "ratio/1 90 80", {{"0", "3"}, {"100", "95"}, {"100", "91"}}, "順調;順調;順調;順調", "91.0;-;95.0;91.0"},
    {"one actual missing", kMore, kRatio, {{"93.5%", "94%"}, {"85.0%", ""}}, "評価不可;順調;評価不可", "-;100.5;-", "COMPONENT_MISSING;;ACTUAL_MISSING"},
    {"one target missing", kMore, kRatio, {{"", "94%"}, {"85.0%", "85.0%"}}, "評価不可;評価不可;順調", "-;-;100.0", "COMPONENT_MISSING;TARGET_MISSING;"},
    {"all actuals missing", kMore, kRatio, {{"93.5%", ""}, {"85.0%", ""}}, "評価不可;評価不可;評価不可", "-;-;-", "ACTUAL_MISSING;ACTUAL_MISSING;ACTUAL_MISSING"},
    {"one in another unit, one provisional", kMore, kRatio, {{"10人", "5件"}, {"10人", "10人", "", false, true}}, "評価不可;評価不可;順調", "-;-;100.0", "UNIT_MISMATCH PROVISIONAL;UNIT_MISMATCH;PROVISIONAL"},
};
// clang-format on
// clang-format on

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

std::optional<Figure> Cell(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::vector<std::string> parts = Split(text, ' ');
  Figure figure{text, {ObservedPeriod::Kind::kFiscalYear, 2022}};
  if (parts.size() == 2) {
    figure.observed = {ObservedPeriod::Kind::kCalendarYear, std::stoi(parts[1].substr(1))};
  }
  auto number = ParseQuantity(parts[0]);
  if (number.ok() && *number) figure.value = **number;
  return figure;
}

std::optional<Rule> RuleOf(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::vector<std::string> parts = Split(text, ' ');
  return Rule{ParseMethod(parts[0]).value(), *Decimal::Parse(parts[1]), *Decimal::Parse(parts[2])};
}

EvaluationInput InputOf(const Row& row) {
  EvaluationInput input{row.direction, *Decimal::Parse(row.tolerance), RuleOf(row.rule), {}};
  for (const Component& c : row.components) {
    input.components.push_back(
        {"", Cell(c.target), Cell(c.actual), Cell(c.baseline), c.provisional, c.recorded_met});
  }
  return input;
}

std::string JudgementText(Judgement judgement) {
  static const std::map<Judgement, std::string> kTexts = {{JUDGEMENT_ON_TRACK, "順調"},
                                                          {JUDGEMENT_MOSTLY_ON_TRACK, "概ね"},
                                                          {JUDGEMENT_DELAYED, "遅れ"},
                                                          {JUDGEMENT_NOT_EVALUABLE, "評価不可"}};
  return kTexts.at(judgement);
}

std::string CodesText(const std::vector<EvaluationCode>& codes) {
  std::string text;
  for (EvaluationCode code : codes) {
    std::string name = v1::EvaluationCode_Name(code).substr(std::string("EVALUATION_CODE_").size());
    text += (text.empty() ? "" : " ") + name;
  }
  return text;
}

std::string RateText(const std::optional<Decimal>& rate) { return rate ? rate->ToString() : "-"; }

// The whole first, then the components where there are several, as a row writes them.
struct Texts {
  std::string judgements, rates, codes;
};

Texts TextsOf(const Evaluation& evaluation) {
  Texts texts{JudgementText(evaluation.judgement), RateText(evaluation.rate_percent),
              CodesText(evaluation.codes)};
  if (evaluation.components.size() == 1) return texts;
  for (const ComponentEvaluation& component : evaluation.components) {
    texts.judgements += ";" + JudgementText(component.judgement);
    texts.rates += ";" + RateText(component.rate_percent);
    texts.codes += ";" + CodesText(component.codes);
  }
  if (texts.codes == std::string(evaluation.components.size(), ';')) texts.codes.clear();
  return texts;
}

TEST(EvaluationTest, JudgesEveryRowOfTheTable) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    Evaluation evaluation = Evaluate(InputOf(row));
    ASSERT_EQ(evaluation.components.size(), row.components.size());
    Texts texts = TextsOf(evaluation);
    EXPECT_EQ(texts.judgements, row.judgements);
    EXPECT_EQ(texts.rates, row.rates);
    EXPECT_EQ(texts.codes, row.codes);
  }
}

TEST(EvaluationTest, TheOrderOfComponentsDoesNotMatter) {
  std::vector<ComponentInput> components;
  const char* const figures[][2] = {{"0", "3"}, {"100", "95"}, {"100", "91"}, {"100", "120"}};
  for (const auto& [target, actual] : figures) {
    components.push_back({"", Cell(target), Cell(actual), std::nullopt});
  }
  std::vector<size_t> order = {0, 1, 2, 3};
  do {
    EvaluationInput input{kMore, Decimal(), RuleOf("ratio/1 90 80"), {}};
    for (const size_t i : order) input.components.push_back(components[i]);
    const Evaluation evaluation = Evaluate(input);
    EXPECT_EQ(evaluation.judgement, JUDGEMENT_ON_TRACK);
    EXPECT_EQ(RateText(evaluation.rate_percent), "91.0") << testing::PrintToString(order);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(EvaluationTest, ShowsItsArithmeticInTheBaseUnit) {
  Evaluation evaluation =
      Evaluate({kMore, Decimal(), RuleOf(kRatio), {{"", Cell("33万人"), Cell("244,765人"), std::nullopt}}});
  const ComponentEvaluation& only = evaluation.components.at(0);
  EXPECT_FALSE(only.met);
  ASSERT_TRUE(only.ratio);
  EXPECT_EQ(only.ratio->numerator.ToString(), "244765");
  EXPECT_EQ(only.ratio->denominator.ToString(), "330000");
}

TEST(EvaluationTest, SaysWhetherTheBaselineWasUsed) {
  EvaluationInput input{kMore, Decimal(), RuleOf(kBaseline), {{"", Cell("9"), Cell("8"), Cell("5")}}};
  EXPECT_TRUE(Evaluate(input).components.at(0).used_baseline);
  input.rule = RuleOf(kRatio);
  EXPECT_FALSE(Evaluate(input).components.at(0).used_baseline);
}

TEST(EvaluationTest, KnowsNoOtherMethods) {
  EXPECT_EQ(ParseMethod("ratio/1"), Rule::Method::kRatio1);
  EXPECT_EQ(ParseMethod("baseline/1"), Rule::Method::kBaseline1);
  EXPECT_EQ(ParseMethod("ratio/2"), std::nullopt);
  EXPECT_EQ(ParseMethod(""), std::nullopt);
}

TEST(RatioTest, TakesMoreDecimalsOnlyWhereTwoEdgesLeaveNoRoom) {
  Edges edges = {*Decimal::Parse("99.97"), *Decimal::Parse("99.95"), Decimal(100)};
  EXPECT_EQ(DisplayPercent({Decimal(9996), Decimal(10000)}, edges)->ToString(), "99.96");
}

}  // namespace
}  // namespace seisaku::progress
