#include "services/progress/domain/evaluation.h"

#include <algorithm>
#include <utility>

#include "services/progress/domain/possibility.h"

namespace seisaku::progress {
namespace {

using enum type::v1::Direction;
using enum type::v1::Judgement;
using enum v1::EvaluationCode;

// nullptr: words.
const Quantity* NumberOf(const Figure& figure) { return std::get_if<Quantity>(&figure.value); }

std::string BaseUnitOf(const Quantity& quantity) { return ToBaseUnit(quantity).unit; }

Point Moved(const Point& point, const Decimal& by) {
  Point moved = point;
  moved.value = point.value + by;
  return moved;
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
    if (input_.direction_unconfirmed) Missing(EVALUATION_CODE_DIRECTION_UNCONFIRMED);
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

    const Quantity* target = NumberOf(*component_.target);
    const Quantity* actual = NumberOf(*component_.actual);
    if (target == nullptr && component_.by_words) return MetOrDelayed(component_.qualitative_met);
    if (target == nullptr || actual == nullptr) return Missing(EVALUATION_CODE_KIND_MISMATCH);
    if (BaseUnitOf(*target) != BaseUnitOf(*actual)) return Missing(EVALUATION_CODE_UNIT_MISMATCH);

    const Extent actuals = ExtentOf(*actual, component_.actual->qualifier);
    if (input_.direction == DIRECTION_KEEP_WITHIN) return JudgeWithin(*target, actuals);
    JudgeAgainst(*target, actuals);
  }

  bool Decreasing() const { return input_.direction == DIRECTION_DECREASE; }

  void JudgeWithin(const Quantity& target, const Extent& actuals) {
    // The tolerance is printed in the target's unit, scale word included.
    const Decimal tolerance = ToBaseUnit({input_.tolerance, target.unit}).value;
    const Decimal below = Decimal(0) - tolerance;
    const Extent targets = ExtentOf(target, component_.target->qualifier);
    const Extent perhaps = {Moved(targets.low, below), Moved(targets.high, tolerance)};
    const bool is_any_of_them = component_.target->qualifier == type::v1::QUALIFIER_ABOUT;
    const Extent surely =
        is_any_of_them ? Extent{Moved(targets.high, below), Moved(targets.low, tolerance)} : perhaps;
    if (actuals.low >= surely.low && actuals.high <= surely.high) return MetOrDelayed(true);
    if (actuals.low > perhaps.high || actuals.high < perhaps.low) return MetOrDelayed(false);
    Missing(EVALUATION_CODE_QUALIFIER_LEAVES_OPEN);
  }

  // The judgement is monotonic in target, actual and baseline, so two possibilities bound all others: the
  // worst end of every extent, and the best.
  void JudgeAgainst(const Quantity& target, const Extent& actuals) {
    const Threshold threshold = ThresholdOf(target, component_.target->qualifier, input_.direction);
    Possibility worst{threshold.hardest, Decreasing() ? actuals.high : actuals.low, std::nullopt};
    Possibility best{threshold.easiest, Decreasing() ? actuals.low : actuals.high, std::nullopt};
    bool is_exact = threshold.is_exact() && actuals.is_exact();
    if (input_.rule->method == Rule::Method::kBaseline1) {
      if (const std::optional<EvaluationCode> unusable = BaselineFault(target)) {
        // A target that is met needs no ratio, and so no baseline.
        return IsMet(input_.direction, worst) ? MetOrDelayed(true) : Missing(*unusable);
      }
      const Extent baselines = ExtentOf(*NumberOf(*component_.baseline), component_.baseline->qualifier);
      worst.baseline = Decreasing() ? baselines.low : baselines.high;
      best.baseline = Decreasing() ? baselines.high : baselines.low;
      is_exact = is_exact && baselines.is_exact();
      result_.used_baseline = true;
    }
    Conclude(JudgeOne(*input_.rule, input_.direction, worst), JudgeOne(*input_.rule, input_.direction, best),
             is_exact);
  }

  // Why the baseline cannot be used beside the target, if it cannot.
  std::optional<EvaluationCode> BaselineFault(const Quantity& target) const {
    if (!component_.baseline) return EVALUATION_CODE_BASELINE_MISSING;
    const Quantity* baseline = NumberOf(*component_.baseline);
    if (baseline == nullptr) return EVALUATION_CODE_KIND_MISMATCH;
    if (BaseUnitOf(*baseline) != BaseUnitOf(target)) return EVALUATION_CODE_UNIT_MISMATCH;
    return std::nullopt;
  }

  void Conclude(const Outcome& worst, const Outcome& best, bool is_exact) {
    if (worst.judgement != best.judgement) return Missing(EVALUATION_CODE_QUALIFIER_LEAVES_OPEN);
    const Rule& rule = *input_.rule;
    result_.judgement = worst.judgement;
    result_.met = worst.met;
    if (is_exact && worst.ratio) {
      result_.ratio = worst.ratio;
      result_.rate_percent = DisplayPercent(
          *worst.ratio, {rule.on_track_percent, rule.mostly_on_track_percent, Decimal(100)}, worst.side < 0);
    }
    if (!best.met && !worst.ratio && !best.ratio) Note(EVALUATION_CODE_RATE_UNDEFINED);
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

// The order among equal judgements: not met without a ratio, then any ratio, then met without a ratio.
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
