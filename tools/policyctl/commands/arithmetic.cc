#include "tools/policyctl/commands/arithmetic.h"

#include <algorithm>
#include <optional>

#include "fmt/format.h"
#include "services/base/decimal.h"
#include "services/base/quantity.h"
#include "tools/policyctl/display.h"

namespace seisaku::policyctl {
namespace {

using progress::v1::ComponentEvaluation;

std::optional<Quantity> InBase(const type::v1::Value& value) {
  if (!value.has_number()) return std::nullopt;
  const absl::StatusOr<Decimal> number = Decimal::Parse(value.number().value().value());
  if (!number.ok()) return std::nullopt;
  return ToBaseUnit({*number, value.number().unit()});
}

std::string Grouped(const type::v1::Decimal& decimal, const std::string& unit) {
  const absl::StatusOr<Decimal> number = Decimal::Parse(decimal.value());
  return (number.ok() ? number->ToGroupedString() : decimal.value()) + unit;
}

std::string_view Sign(const Decimal& actual, const Decimal& target) {
  return actual < target ? "<" : actual == target ? "=" : ">";
}

// "5,000人": as it is used, in the base unit. It is printed in the target's unit, scale word included.
std::string Tolerance(const catalog::v1::Kpi& kpi, const ComponentEvaluation& component) {
  const absl::StatusOr<Decimal> tolerance = Decimal::Parse(kpi.tolerance().value());
  return Format(ToBaseUnit({tolerance.value_or(Decimal(0)), component.target().number().unit()}));
}

// "244,765人 < 330,000人: not met"; for a direction that only asks for a side, its sign where it is met.
std::string Comparison(Language language, const catalog::v1::Kpi& kpi, const ComponentEvaluation& component,
                       const Quantity& actual, const Quantity& target) {
  const Text& outcome = component.met() ? text::kMet : text::kNotMet;
  if (kpi.direction() == type::v1::DIRECTION_KEEP_WITHIN)
    return Say(language, component.met() ? text::kInside : text::kOutside, Format(actual), Format(target),
               Tolerance(kpi, component));
  std::string_view sign = Sign(actual.value, target.value);
  if (component.met()) sign = kpi.direction() == type::v1::DIRECTION_DECREASE ? "≤" : "≥";
  return fmt::format("{} {} {}: {}", Format(actual), sign, Format(target),
                     std::string(In(language, outcome)));
}

// The rate in as many decimals as the shown one has; nullopt where there is none to compare with.
std::optional<Decimal> RoundedRate(const ComponentEvaluation& component, const Decimal& shown) {
  const absl::StatusOr<Decimal> numerator = Decimal::Parse(component.numerator().value());
  const absl::StatusOr<Decimal> denominator = Decimal::Parse(component.denominator().value());
  if (!numerator.ok() || !denominator.ok() || !(*denominator > Decimal(0))) return std::nullopt;
  return Decimal::Percentage(*numerator, *denominator, shown.scale());
}

// The rate, and where it is not the rounded one, how.
std::string Rate(Language language, const ComponentEvaluation& component) {
  if (!component.has_rate_percent()) return std::string(In(language, text::kRateTooLong));
  const std::string shown = RateText(component.rate_percent());
  const RateShown how = HowRateIsShown(component);
  if (how == RateShown::kRounded) return shown;
  const absl::StatusOr<Decimal> rate = Decimal::Parse(component.rate_percent().value());
  return Say(language, how == RateShown::kCutOff ? text::kRateCutOff : text::kRateRaised, shown,
             RoundedRate(component, *rate)->ToString());
}

bool IsBounded(const type::v1::Value& value) {
  return value.has_number() && value.qualifier() != type::v1::QUALIFIER_UNSPECIFIED;
}

// 1 in the last digit that is not 0, and half of it: of 500, 100 and 50; of 0 in the last digit that is
// printed: of 0.0, 0.1 and 0.05. As services/progress/domain/extent.h has it.
struct LastDigit {
  Decimal one;
  Decimal half;
};

LastDigit LastDigitOf(const Decimal& number) {
  const std::string digits = number.ToString();
  const size_t point = std::min(digits.find('.'), digits.size());
  const size_t last = number.sign() == 0 ? digits.size() - 1 : digits.find_last_not_of("0.");
  if (last > point) {
    const int places = static_cast<int>(last - point);
    return {Decimal(1).ScaledDown(places), Decimal(5).ScaledDown(places + 1)};
  }
  const int zeros = static_cast<int>(point - last) - 1;
  const Decimal one = Decimal(1).ScaledUp(zeros);
  return {one, zeros == 0 ? Decimal(5).ScaledDown(1) : Decimal(5).ScaledUp(zeros - 1)};
}

// 約500人（450人～550人）, 30万人台（300,000人以上400,000人未満）; else as a sheet prints it.
std::string Bounded(Language language, const type::v1::Value& value) {
  const std::string shown = ValueText(value);
  const absl::StatusOr<Decimal> number = Decimal::Parse(value.number().value().value());
  if (!value.has_number() || !number.ok()) return shown;
  const auto in_base = [&value](const Decimal& bound) {
    return Format(ToBaseUnit({bound, value.number().unit()}));
  };
  const LastDigit last = LastDigitOf(*number);
  if (value.qualifier() == type::v1::QUALIFIER_ABOUT) {
    return Say(language, text::kFromTo, shown, in_base(*number - last.half), in_base(*number + last.half));
  }
  if (value.qualifier() == type::v1::QUALIFIER_RANGE_FROM && number->sign() < 0) {
    // Away from 0: -30台 ends above -40.
    return Say(language, text::kFromAbove, shown, in_base(*number - last.one), in_base(*number));
  }
  if (value.qualifier() == type::v1::QUALIFIER_RANGE_FROM) {
    return Say(language, text::kFromBelow, shown, in_base(*number), in_base(*number + last.one));
  }
  return shown;
}

// Words beside a number, of which nobody said whether they meet it, are not compared.
bool IsJudgedByWords(const catalog::v1::Kpi& kpi, const ComponentEvaluation& component) {
  return kpi.direction() == type::v1::DIRECTION_QUALITATIVE ||
         component.judgement() != type::v1::JUDGEMENT_NOT_EVALUABLE;
}

bool IsLeftOpen(const ComponentEvaluation& component) {
  return std::find(component.codes().begin(), component.codes().end(),
                   progress::v1::EVALUATION_CODE_QUALIFIER_LEAVES_OPEN) != component.codes().end();
}

// What a comparison of figures came to of which one stands for more than its number.
std::string BoundedComparison(Language language, const ComponentEvaluation& component) {
  const Text& outcome = IsLeftOpen(component) ? text::kLeftOpen
                        : component.met()     ? text::kMet
                                              : text::kNotMet;
  return Say(language, text::kBoundedLine, Bounded(language, component.actual().value()),
             Bounded(language, component.target()), In(language, outcome));
}

std::string Band(const catalog::v1::EvaluationRule& rule, const ComponentEvaluation& component) {
  const std::string upper = rule.on_track_percent().value();
  const std::string lower = rule.mostly_on_track_percent().value();
  switch (component.judgement()) {
    case type::v1::JUDGEMENT_ON_TRACK:
      return component.met() ? "" : fmt::format(" ≥ {}%", upper);
    case type::v1::JUDGEMENT_MOSTLY_ON_TRACK:
      return fmt::format(" ≥ {}% (< {}%)", lower, upper);
    case type::v1::JUDGEMENT_DELAYED:
      return fmt::format(" < {}%", lower);
    default:
      return "";
  }
}

}  // namespace

RateShown HowRateIsShown(const ComponentEvaluation& component) {
  const absl::StatusOr<Decimal> rate = Decimal::Parse(component.rate_percent().value());
  if (!rate.ok()) return RateShown::kRounded;
  const std::optional<Decimal> rounded = RoundedRate(component, *rate);
  if (!rounded || *rate == *rounded) return RateShown::kRounded;
  return *rate < *rounded ? RateShown::kCutOff : RateShown::kRaised;
}

std::vector<std::string> ArithmeticLines(Language language, const catalog::v1::Kpi& kpi,
                                         const catalog::v1::EvaluationRule& rule,
                                         const ComponentEvaluation& component) {
  std::vector<std::string> lines;
  if (kpi.direction() == type::v1::DIRECTION_QUALITATIVE || component.target().has_text()) {
    if (component.has_target() && component.has_actual() && IsJudgedByWords(kpi, component))
      lines.push_back(Say(language, text::kWordsLine, ValueText(component.actual().value()),
                          ValueText(component.target()),
                          In(language, component.met() ? text::kMet : text::kNotMet)));
    return lines;
  }
  const bool bounded = IsBounded(component.target()) || IsBounded(component.actual().value());
  const std::optional<Quantity> target = InBase(component.target());
  const std::optional<Quantity> actual = InBase(component.actual().value());
  const bool comparable = target && actual && component.judgement() != type::v1::JUDGEMENT_NOT_EVALUABLE;
  if (bounded && target && actual && (comparable || IsLeftOpen(component))) {
    lines.push_back(BoundedComparison(language, component));
  } else if (comparable) {
    lines.push_back(Comparison(language, kpi, component, *actual, *target));
  }
  if (component.has_numerator() && component.has_denominator()) {
    const std::string unit = comparable ? target->unit : "";
    lines.push_back(fmt::format("{} ÷ {} = {}{}", Grouped(component.numerator(), unit),
                                Grouped(component.denominator(), unit), Rate(language, component),
                                Band(rule, component)));
  }
  return lines;
}

std::string RuleText(Language language, const catalog::v1::EvaluationRule& rule, uint32_t version) {
  return Say(language, text::kRuleLine, rule.method(), version, rule.on_track_percent().value(),
             rule.mostly_on_track_percent().value());
}

}  // namespace seisaku::policyctl
