#include "services/progress/domain/evaluation.h"

#include <algorithm>
#include <utility>

namespace seisaku::progress {
namespace {

using enum type::v1::Direction;
using enum type::v1::Judgement;
using enum v1::EvaluationCode;

// nullopt: words.
std::optional<Quantity> InBaseUnit(const Figure& figure) {
  const Quantity* number = std::get_if<Quantity>(&figure.value);
  if (number == nullptr) return std::nullopt;
  return ToBaseUnit(*number);
}

// One component on its way to a judgement.
class Judging {
 public:
  Judging(const EvaluationInput& input, const ComponentInput& component)
      : input_(input), component_(component) {}

  ComponentEvaluation Result() && {
    NoteWhatIsMissing();
    NoteCircumstances();
    if (!missing_) Judge();
    std::sort(result_.codes.begin(), result_.codes.end());
    return std::move(result_);
  }

 private:
  void NoteWhatIsMissing() {
    if (!component_.target) Missing(EVALUATION_CODE_TARGET_MISSING);
    if (!component_.actual) Missing(EVALUATION_CODE_ACTUAL_MISSING);
    if (!input_.rule || input_.direction == DIRECTION_UNSPECIFIED) Missing(EVALUATION_CODE_RULE_MISSING);
  }

  void NoteCircumstances() {
    if (!component_.actual) return;
    if (component_.provisional) Note(EVALUATION_CODE_PROVISIONAL);
    if (component_.target && component_.target->observed != component_.actual->observed) {
      Note(EVALUATION_CODE_OBSERVED_PERIODS_DIFFER);
    }
  }

  void Judge() {
    if (input_.direction == DIRECTION_QUALITATIVE) return MetOrDelayed(component_.qualitative_met);

    std::optional<Quantity> target = InBaseUnit(*component_.target);
    std::optional<Quantity> actual = InBaseUnit(*component_.actual);
    if (!target || !actual) return Missing(EVALUATION_CODE_KIND_MISMATCH);
    if (target->unit != actual->unit) return Missing(EVALUATION_CODE_UNIT_MISMATCH);

    if (input_.direction == DIRECTION_KEEP_WITHIN) {
      return MetOrDelayed(IsWithin(actual->value, target->value));
    }
    result_.met = Decreasing() ? actual->value <= target->value : actual->value >= target->value;
    if (input_.rule->method == Rule::Method::kBaseline1) {
      JudgeAgainstBaseline(*target, actual->value);
    } else {
      JudgeByRatio(target->value, actual->value);
    }
  }

  bool Decreasing() const { return input_.direction == DIRECTION_DECREASE; }

  bool IsWithin(const Decimal& actual, const Decimal& target) const {
    // The tolerance is printed in the target's unit, scale word included.
    const std::string& unit = std::get<Quantity>(component_.target->value).unit;
    Decimal tolerance = ToBaseUnit({input_.tolerance, unit}).value;
    return actual >= target - tolerance && actual <= target + tolerance;
  }

  void JudgeByRatio(const Decimal& target, const Decimal& actual) {
    if (target.sign() > 0 && actual.sign() > 0) {
      result_.ratio = Decreasing() ? Ratio{target, actual} : Ratio{actual, target};
    }
    JudgeByBands();
  }

  void JudgeAgainstBaseline(const Quantity& target, const Decimal& actual) {
    std::optional<Quantity> baseline;
    std::optional<EvaluationCode> unusable = EVALUATION_CODE_BASELINE_MISSING;
    if (component_.baseline) {
      baseline = InBaseUnit(*component_.baseline);
      unusable = !baseline                       ? std::optional(EVALUATION_CODE_KIND_MISMATCH)
                 : baseline->unit != target.unit ? std::optional(EVALUATION_CODE_UNIT_MISMATCH)
                                                 : std::nullopt;
    }
    // What is met needs no ratio, and so no baseline.
    if (unusable) return result_.met ? JudgeByBands() : Missing(*unusable);

    result_.used_baseline = true;
    Ratio way = Decreasing() ? Ratio{baseline->value - actual, baseline->value - target.value}
                             : Ratio{actual - baseline->value, target.value - baseline->value};
    if (way.denominator.sign() > 0) result_.ratio = way;
    JudgeByBands();
  }

  void JudgeByBands() {
    const Rule& rule = *input_.rule;
    if (result_.ratio) {
      result_.rate_percent =
          DisplayPercent(*result_.ratio, {rule.on_track_percent, rule.mostly_on_track_percent, Decimal(100)});
    }
    const auto reaches = [&](const Decimal& percent) { return ComparePercent(*result_.ratio, percent) >= 0; };
    if (result_.met || (result_.ratio && reaches(rule.on_track_percent))) {
      result_.judgement = JUDGEMENT_ON_TRACK;
    } else if (!result_.ratio) {
      result_.judgement = JUDGEMENT_DELAYED;
      Note(EVALUATION_CODE_RATE_UNDEFINED);
    } else if (reaches(rule.mostly_on_track_percent)) {
      result_.judgement = JUDGEMENT_MOSTLY_ON_TRACK;
    } else {
      result_.judgement = JUDGEMENT_DELAYED;
    }
  }

  void MetOrDelayed(bool met) {
    result_.met = met;
    result_.judgement = met ? JUDGEMENT_ON_TRACK : JUDGEMENT_DELAYED;
  }

  void Missing(EvaluationCode code) {
    missing_ = true;
    Note(code);
  }

  void Note(EvaluationCode code) { result_.codes.push_back(code); }

  const EvaluationInput& input_;
  const ComponentInput& component_;
  ComponentEvaluation result_;
  bool missing_ = false;
};

bool Has(const ComponentEvaluation& component, EvaluationCode code) {
  return std::find(component.codes.begin(), component.codes.end(), code) != component.codes.end();
}

// Of one judgement: what is not met and has no ratio comes before any ratio, what is met without one after.
int RankWithoutRatio(const ComponentEvaluation& component) {
  return component.ratio ? 1 : component.met ? 2 : 0;
}

// Whether `a` counts before `b` as the worst, in the order that Evaluate's contract states.
bool IsWorse(const ComponentEvaluation& a, const ComponentEvaluation& b) {
  if (a.judgement != b.judgement) return a.judgement > b.judgement;
  if (a.ratio && b.ratio) return Compare(*a.ratio, *b.ratio) < 0;
  return RankWithoutRatio(a) < RankWithoutRatio(b);
}

bool IsLack(EvaluationCode code) {
  return code == EVALUATION_CODE_TARGET_MISSING || code == EVALUATION_CODE_ACTUAL_MISSING;
}

std::vector<EvaluationCode> CodesOfAll(const std::vector<ComponentEvaluation>& components) {
  std::vector<EvaluationCode> codes;
  for (EvaluationCode lack : {EVALUATION_CODE_TARGET_MISSING, EVALUATION_CODE_ACTUAL_MISSING}) {
    auto lacking = std::count_if(components.begin(), components.end(),
                                 [lack](const ComponentEvaluation& c) { return Has(c, lack); });
    if (lacking == 0) continue;
    bool all = static_cast<size_t>(lacking) == components.size();
    codes.push_back(all ? lack : EVALUATION_CODE_COMPONENT_MISSING);
  }
  for (const ComponentEvaluation& component : components) {
    std::copy_if(component.codes.begin(), component.codes.end(), std::back_inserter(codes),
                 [](EvaluationCode code) { return !IsLack(code); });
  }
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return codes;
}

}  // namespace

std::optional<Rule::Method> ParseMethod(std::string_view id) {
  if (id == "ratio/1") return Rule::Method::kRatio1;
  if (id == "baseline/1") return Rule::Method::kBaseline1;
  return std::nullopt;
}

Evaluation Evaluate(const EvaluationInput& input) {
  Evaluation whole;
  for (const ComponentInput& component : input.components) {
    whole.components.push_back(Judging(input, component).Result());
  }
  whole.codes = CodesOfAll(whole.components);
  // NOT_EVALUABLE has the highest number, so that it is the worst of all.
  auto worst = std::min_element(whole.components.begin(), whole.components.end(), IsWorse);
  if (worst == whole.components.end()) return whole;
  whole.judgement = worst->judgement;
  if (worst->judgement != JUDGEMENT_NOT_EVALUABLE) whole.rate_percent = worst->rate_percent;
  return whole;
}

}  // namespace seisaku::progress
