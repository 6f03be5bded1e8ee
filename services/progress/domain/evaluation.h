// 進捗評価: how a KPI does against its target in one reporting year, derived. Pure; knows no log, no catalog
// and no progress, only the numbers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "seisaku/progress/v1/resources.pb.h"
#include "seisaku/type/v1/judgement.pb.h"
#include "services/base/decimal.h"
#include "services/base/period.h"
#include "services/base/quantity.h"
#include "services/progress/domain/ratio.h"

namespace seisaku::progress {

using type::v1::Direction;
using type::v1::Judgement;
using v1::EvaluationCode;

// How a plan judges. A method's id never changes its meaning.
struct Rule {
  enum class Method {
    kRatio1,     // "ratio/1": actual ÷ target, or target ÷ actual where less is better
    kBaseline1,  // "baseline/1": (actual − baseline) ÷ (target − baseline)
  };
  Method method = Method::kRatio1;
  Decimal on_track_percent;
  Decimal mostly_on_track_percent;
};

// nullopt: not a method that this build knows.
std::optional<Rule::Method> ParseMethod(std::string_view id);

// A target, actual or baseline.
struct Figure {
  std::variant<Quantity, std::string> value;                        // a number, or words
  ObservedPeriod observed;                                          // what it is about
  type::v1::Qualifier qualifier = type::v1::QUALIFIER_UNSPECIFIED;  // of a number
};

// What is known of one component; a KPI without components has one with an empty name.
struct ComponentInput {
  std::string component;
  std::optional<Figure> target;
  std::optional<Figure> actual;
  std::optional<Figure> baseline;
  bool provisional = false;      // of the actual
  bool qualitative_met = false;  // of the actual: whether it meets the target, as recorded
  bool by_words = false;         // of the actual: that qualitative_met counts, where the target is words
};

struct EvaluationInput {
  Direction direction = type::v1::DIRECTION_UNSPECIFIED;
  Decimal tolerance;                       // for DIRECTION_KEEP_WITHIN, in the target's unit as printed
  std::optional<Rule> rule;                // of the plan
  std::vector<ComponentInput> components;  // at least one, in the KPI's order
  bool direction_unconfirmed = false;
};

struct ComponentEvaluation {
  Judgement judgement = type::v1::JUDGEMENT_NOT_EVALUABLE;
  bool met = false;
  bool used_baseline = false;
  std::optional<Ratio> ratio;
  std::optional<Decimal> rate_percent;  // of `ratio`, for display; none where no Decimal holds it
  std::vector<EvaluationCode> codes;    // ascending, each once
};

struct Evaluation {
  Judgement judgement = type::v1::JUDGEMENT_NOT_EVALUABLE;
  std::optional<Decimal> rate_percent;
  std::vector<EvaluationCode> codes;            // ascending, each once
  std::vector<ComponentEvaluation> components;  // as in the input
};

// The judgement. Every input has one.
//
// A component is met when its actual stands to its target as the direction asks, compared exactly in the base
// unit; met is ON_TRACK whatever the ratio, and needs none. Not met:
// - INCREASE, DECREASE: by the ratio and the rule's bands, exactly. ratio/1 has no ratio where target or
//   actual is not positive; baseline/1 has none where the target is the baseline, or lies on the wrong side
//   of it for the direction. Without a ratio: DELAYED with RATE_UNDEFINED. baseline/1 without a baseline in
//   a unit that can be compared: NOT_EVALUABLE.
// - KEEP_WITHIN, QUALITATIVE: DELAYED. A qualitative KPI is met as recorded, whatever target and actual look
//   like; so is a year of any other KPI whose target is words, where its actual was recorded by words.
// NOT_EVALUABLE, with a code each: no rule, no target, no actual, words where a number is needed, units that
// cannot be converted, a direction that nobody has confirmed.
//
// A figure with a qualifier may be any number of its extent (extent.h). A target is what has to be reached
// (ThresholdOf). Where every possibility of target, actual and baseline comes to the same judgement, that is
// the judgement: met where all meet the target, with a ratio only where there is but one. Else NOT_EVALUABLE
// with QUALIFIER_LEAVES_OPEN. Of a target just above (or below) a number the ratio is that of the number, but
// just below it: 60 of 60超 is less than 100 %. KEEP_WITHIN takes a target as what is to be kept, 60以上 with
// all above it, and adds the tolerance at both ends; of 約60 as any number near it.
//
// Of several components the worst counts, and its rate, whatever their order: NOT_EVALUABLE is worse than
// DELAYED, that than MOSTLY_ON_TRACK, that than ON_TRACK. Of equal judgements one that is not met and has no
// ratio is the worst, then the lowest ratio; one that is met without a ratio is the best. Where
// some lack a target or an actual the whole has COMPONENT_MISSING; where all lack it, TARGET_MISSING or
// ACTUAL_MISSING. Every other code of a component is the whole's too.
Evaluation Evaluate(const EvaluationInput& input);

}  // namespace seisaku::progress
