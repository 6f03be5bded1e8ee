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

// A cell: "100人"; "60人以上", "60人以下", "60人超", "60人未満", "約60人", "60人台"; "100人 @2021" for a
// figure that is about the calendar year 2021; anything else is words; "" is missing. All rows stand on the
// sheet of the fiscal year 2022.
struct Component {
  const char* target;
  const char* actual;
  const char* baseline = "";
  bool recorded_met = false;
  bool provisional = false;
  bool by_words = false;
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
  bool unconfirmed = false;
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

    // Qualifiers: what they leave open. Each pair of them is in qualifier_test.cc.
    {"60以上 is met by 60", kMore, kRatio, {{"60人以上", "60人"}}, "順調", "100.0"},
    {"60以上 is a threshold with a rate", kMore, kRatio, {{"60%以上", "50%"}}, "遅れ", "83.3"},
    {"60超 is not met by 60, and not quite reached", kMore, kRatio, {{"60人超", "60人"}}, "概ね", "99.9"},
    {"60超 is met by more", kMore, kRatio, {{"60人超", "60.1人"}}, "順調", "100.2"},
    {"60超 below its bands", kMore, kRatio, {{"60人超", "57人"}}, "遅れ", "95.0"},
    {"60超 at the lower band is just below it", kMore, kRatio, {{"100人超", "97人"}}, "遅れ", "96.9"},
    {"5.0以下 is met by 5.0", kLess, kRatio, {{"5.0%以下", "5.0%"}}, "順調", "100.0"},
    {"5未満 is not met by 5", kLess, kRatio, {{"5%未満", "5%"}}, "概ね", "99.9"},
    {"an actual of 60以上 meets 60, by how much is open", kMore, kRatio, {{"60人", "60人以上"}}, "順調", "-"},
    {"an actual of 50以上 may meet 60", kMore, kRatio, {{"60人", "50人以上"}}, "評価不可", "-", "QUALIFIER_LEAVES_OPEN"},
    {"an actual of 約500 against 400", kMore, kRatio, {{"400人", "約500人"}}, "順調", "-"},
    {"an actual of 約500 against 500", kMore, kRatio, {{"500人", "約500人"}}, "評価不可", "-", "QUALIFIER_LEAVES_OPEN"},
    {"a target of 約500 against 550", kMore, kRatio, {{"約500人", "550人"}}, "順調", "-"},
    {"a target of 約500 against 500", kMore, kRatio, {{"約500人", "500人"}}, "評価不可", "-", "QUALIFIER_LEAVES_OPEN"},
    {"30万人台 is reached at 30万人", kMore, kRatio, {{"30万人台", "300,000人"}}, "順調", "100.0"},
    {"30台 where less is better is reached below 40", kLess, kRatio, {{"30件台", "39件"}}, "順調", "102.6"},
    {"30台 where less is better is not reached at 40", kLess, kRatio, {{"30件台", "40件"}}, "概ね", "99.9"},
    {"60以下 where more is better is met by 60, whatever it asks for", kMore, kRatio, {{"60人以下", "60人"}}, "順調", "-"},
    {"60以下 where more is better is open below", kMore, kRatio, {{"60人以下", "59人"}}, "評価不可", "-", "QUALIFIER_LEAVES_OPEN"},
    {"within one band all the way", kMore, "ratio/1 90 80", {{"100人", "約90人"}}, "評価不可", "-", "QUALIFIER_LEAVES_OPEN"},
    {"within the upper band all the way, met or not", kMore, "ratio/1 80 50", {{"100人", "90人以上"}}, "順調", "-"},
    {"within the middle band all the way", kMore, "ratio/1 100 50", {{"100人", "約60人"}}, "概ね", "-"},
    {"no rate in any possibility", kMore, kRatio, {{"10人", "0人以下"}}, "遅れ", "-", "RATE_UNDEFINED"},
    {"a rate in some possibilities", kMore, kRatio, {{"10人", "5人以下"}}, "遅れ", "-"},
    {"more than none is met by one", kMore, kRatio, {{"0件超", "1件"}}, "順調", "-"},
    {"more than none is not met by none", kMore, kRatio, {{"0件超", "0件"}}, "遅れ", "-", "RATE_UNDEFINED"},
    {"against the baseline: a threshold with a rate", kMore, kBaseline, {{"140人以上", "130人", "100人"}}, "遅れ", "75.0"},
    {"against the baseline: not quite reached", kMore, kBaseline, {{"140人超", "140人", "100人"}}, "概ね", "99.9"},
    {"against any baseline: not quite reached", kMore, kBaseline, {{"60人超", "60人", "31人台"}}, "概ね", "-"},
    {"against a baseline just behind: not quite reached", kLess, kBaseline, {{"50人未満", "50人", "50人超"}}, "概ね", "-"},
    {"against a baseline of 約100, delayed", kMore, kBaseline, {{"300人", "200人", "約100人"}}, "遅れ", "-"},
    {"against a baseline of 100以下, in one band all the way", kMore, kBaseline, {{"300人", "299人", "100人以下"}}, "概ね", "-"},
    {"against a baseline of 298以下, open", kMore, kBaseline, {{"300人", "299人", "298人以下"}}, "評価不可", "-", "QUALIFIER_LEAVES_OPEN"},
    {"against no baseline, met in every possibility", kMore, kBaseline, {{"90", "90以上"}}, "順調", "-"},
    {"against no baseline, met in some", kMore, kBaseline, {{"90", "80以上"}}, "評価不可", "-", "BASELINE_MISSING"},
    {"the baseline's qualifier is nothing to ratio/1", kMore, kRatio, {{"100人", "98人", "約90人"}}, "概ね", "98.0"},
    {"within: 約50 is kept for certain", kKeep, kRatio, {{"約50%", "50%"}}, "順調", "-", "", "10"},
    {"within: 約50 is left for certain", kKeep, kRatio, {{"約50%", "58%"}}, "遅れ", "-", "", "2"},
    {"within: 約50 is open", kKeep, kRatio, {{"約50%", "55%"}}, "評価不可", "-", "QUALIFIER_LEAVES_OPEN", "2"},
    {"within: 1.0以上 is kept above it", kKeep, kRatio, {{"1.0倍以上", "1.3倍"}}, "順調", "-"},
    {"within: 1.0超 is not kept at it", kKeep, kRatio, {{"1.0倍超", "1.0倍"}}, "遅れ", "-"},
    {"open and provisional", kMore, kRatio, {{"60人", "50人以上", "", false, true}}, "評価不可", "-", "PROVISIONAL QUALIFIER_LEAVES_OPEN"},
    {"one component open", kMore, kRatio, {{"60", "60以上"}, {"60", "50以上"}}, "評価不可;順調;評価不可", "-;-;-", "QUALIFIER_LEAVES_OPEN;;QUALIFIER_LEAVES_OPEN"},
    {"a rate that is open is not hidden by one that is not", kMore, kRatio, {{"100", "50"}, {"100", "20以下"}}, "遅れ;遅れ;遅れ", "-;50.0;-"},
    {"qualifiers are nothing to words", kWords, kRatio, {{"待機児童なし", "3人以下", "", true}}, "順調", "-"},

    // A direction that nobody has confirmed.
    {"unconfirmed", kMore, kRatio, {{"25件", "31件"}}, "評価不可", "-", "DIRECTION_UNCONFIRMED", "0", true},
    {"unconfirmed without an actual", kMore, kRatio, {{"25件", ""}}, "評価不可", "-", "ACTUAL_MISSING DIRECTION_UNCONFIRMED", "0", true},
    {"unconfirmed without a rule", kMore, "", {{"25件", "31件"}}, "評価不可", "-", "RULE_MISSING DIRECTION_UNCONFIRMED", "0", true},
    {"unconfirmed and provisional", kMore, kRatio, {{"25件", "31件", "", false, true}}, "評価不可", "-", "PROVISIONAL DIRECTION_UNCONFIRMED", "0", true},
    {"unconfirmed words", kWords, kRatio, {{"実施", "実施", "", true}}, "評価不可", "-", "DIRECTION_UNCONFIRMED", "0", true},
    {"unconfirmed components", kMore, kRatio, {{"93.5%", "94%"}, {"85.0%", ""}}, "評価不可;評価不可;評価不可", "-;-;-", "COMPONENT_MISSING DIRECTION_UNCONFIRMED;DIRECTION_UNCONFIRMED;ACTUAL_MISSING DIRECTION_UNCONFIRMED", "0", true},

    // A year whose target is words, of a KPI that is counted in other years.
    {"by words, met", kMore, kRatio, {{"全校で実施", "全校で実施", "", true, false, true}}, "順調", "-"},
    {"by words, not met", kMore, kRatio, {{"全校で実施", "一部で実施", "", false, false, true}}, "遅れ", "-"},
    {"by words, the actual a number", kLess, kRatio, {{"全校で実施", "12校", "", true, false, true}}, "順調", "-"},
    {"by words, within", kKeep, kRatio, {{"維持", "維持", "", true, false, true}}, "順調", "-"},
    {"by words against the baseline", kMore, kBaseline, {{"維持", "維持", "", true, false, true}}, "順調", "-"},
    {"by words, where the target is a number now", kMore, kRatio, {{"12校", "実施", "", true, false, true}}, "評価不可", "-", "KIND_MISMATCH"},
    {"by words, where both are numbers now", kMore, kRatio, {{"12校", "6校", "", true, false, true}}, "遅れ", "50.0"},
    {"not by words", kMore, kRatio, {{"全校で実施", "全校で実施", "", true}}, "評価不可", "-", "KIND_MISMATCH"},
    {"by words, unconfirmed", kMore, kRatio, {{"全校で実施", "全校で実施", "", true, false, true}}, "評価不可", "-", "DIRECTION_UNCONFIRMED", "0", true},
    {"one component by words, one by numbers", kMore, kRatio, {{"実施", "実施", "", true, false, true}, {"10校", "8校"}}, "遅れ;順調;遅れ", "80.0;-;80.0"},

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
  static const std::pair<std::string, type::v1::Qualifier> kAfter[] = {
      {"以上", type::v1::QUALIFIER_AT_LEAST},
      {"以下", type::v1::QUALIFIER_AT_MOST},
      {"超", type::v1::QUALIFIER_MORE_THAN},
      {"未満", type::v1::QUALIFIER_LESS_THAN},
      {"台", type::v1::QUALIFIER_RANGE_FROM}};
  std::string& written = parts[0];
  for (const auto& [word, qualifier] : kAfter) {
    if (!written.ends_with(word)) continue;
    figure.qualifier = qualifier;
    written.resize(written.size() - word.size());
  }
  if (written.starts_with("約")) {
    figure.qualifier = type::v1::QUALIFIER_ABOUT;
    written.erase(0, std::string("約").size());
  }
  auto number = ParseQuantity(written);
  if (number.ok() && *number) figure.value = **number;
  return figure;
}

std::optional<Rule> RuleOf(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::vector<std::string> parts = Split(text, ' ');
  return Rule{ParseMethod(parts[0]).value(), *Decimal::Parse(parts[1]), *Decimal::Parse(parts[2])};
}

EvaluationInput InputOf(const Row& row) {
  EvaluationInput input{row.direction, *Decimal::Parse(row.tolerance), RuleOf(row.rule), {}, row.unconfirmed};
  for (const Component& c : row.components) {
    input.components.push_back(
        {"", Cell(c.target), Cell(c.actual), Cell(c.baseline), c.provisional, c.recorded_met, c.by_words});
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

TEST(RatioTest, ShowsWhatIsJustBelowAnEdgeBelowIt) {
  const Edges edges = {Decimal(100), *Decimal::Parse("97"), Decimal(100)};
  EXPECT_EQ(DisplayPercent({Decimal(60), Decimal(60)}, edges)->ToString(), "100.0");
  EXPECT_EQ(DisplayPercent({Decimal(60), Decimal(60)}, edges, true)->ToString(), "99.9");
  EXPECT_EQ(DisplayPercent({Decimal(97), Decimal(100)}, edges, true)->ToString(), "96.9");
  EXPECT_EQ(DisplayPercent({Decimal(1), Decimal(2)}, edges, true)->ToString(), "50.0");
}

}  // namespace
}  // namespace seisaku::progress
