#include "tools/policyctl/commands/arithmetic.h"

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

// The rate, and where it is not the rounded one because that would stand on the other side of an edge, how.
std::string Rate(Language language, const ComponentEvaluation& component) {
  if (!component.has_rate_percent()) return std::string(In(language, text::kRateTooLong));
  const std::string shown = RateText(component.rate_percent());
  const absl::StatusOr<Decimal> rate = Decimal::Parse(component.rate_percent().value());
  const absl::StatusOr<Decimal> numerator = Decimal::Parse(component.numerator().value());
  const absl::StatusOr<Decimal> denominator = Decimal::Parse(component.denominator().value());
  if (!rate.ok() || !numerator.ok() || !denominator.ok() || !(*denominator > Decimal(0))) return shown;
  const Decimal rounded = Decimal::Percentage(*numerator, *denominator, rate->scale());
  if (*rate == rounded) return shown;
  return Say(language, *rate < rounded ? text::kRateCutOff : text::kRateRaised, shown, rounded.ToString());
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

std::vector<std::string> ArithmeticLines(Language language, const catalog::v1::Kpi& kpi,
                                         const catalog::v1::EvaluationRule& rule,
                                         const ComponentEvaluation& component) {
  std::vector<std::string> lines;
  if (kpi.direction() == type::v1::DIRECTION_QUALITATIVE || component.target().has_text()) {
    if (component.has_target() && component.has_actual())
      lines.push_back(Say(language, text::kWordsLine, ValueText(component.actual().value()),
                          ValueText(component.target()),
                          In(language, component.met() ? text::kMet : text::kNotMet)));
    return lines;
  }
  const std::optional<Quantity> target = InBase(component.target());
  const std::optional<Quantity> actual = InBase(component.actual().value());
  const bool comparable = target && actual && component.judgement() != type::v1::JUDGEMENT_NOT_EVALUABLE;
  if (comparable) lines.push_back(Comparison(language, kpi, component, *actual, *target));
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
