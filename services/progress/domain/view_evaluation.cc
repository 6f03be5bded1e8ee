// View: what is derived. Gathers the inputs, leaves the judging to evaluation.h.
#include <map>

#include "services/progress/domain/view.h"

namespace seisaku::progress {
namespace {

Figure ToFigure(const Value& value, int reporting_year) {
  ObservedPeriod column{ObservedPeriod::Kind::kFiscalYear, reporting_year};
  return {value.content, value.observed_period.value_or(column), value.qualifier};
}

std::optional<Figure> FigureOf(const std::vector<ComponentValue>& values, std::string_view component,
                               int reporting_year) {
  const Value* value = FindComponent(values, component);
  if (value == nullptr) return std::nullopt;
  return ToFigure(*value, reporting_year);
}

std::optional<Rule> ToRule(const catalog::RuleRecord* rule) {
  if (rule == nullptr) return std::nullopt;
  auto method = ParseMethod(rule->method);
  if (!method) return std::nullopt;  // catalog's fold refuses other methods
  return Rule{*method, rule->on_track_percent, rule->mostly_on_track_percent};
}

}  // namespace

EvaluationInput InputOf(const catalog::KpiRecord& kpi, const catalog::RuleRecord* rule,
                        const catalog::TargetRecord* target, int reporting_year,
                        const std::vector<const ActualRecord*>& actuals) {
  EvaluationInput input;
  input.direction = kpi.direction;
  input.direction_unconfirmed = kpi.direction_unconfirmed;
  input.tolerance = kpi.tolerance.value_or(Decimal());
  input.rule = ToRule(rule);
  const std::vector<std::string>& components = ComponentsOf(kpi);
  for (size_t i = 0; i < components.size(); ++i) {
    ComponentInput one{components[i]};
    if (target != nullptr) one.target = FigureOf(target->values, components[i], reporting_year);
    one.baseline = FigureOf(kpi.baseline, components[i], reporting_year);
    if (actuals[i] != nullptr) {
      one.actual = ToFigure(actuals[i]->value, reporting_year);
      one.provisional = actuals[i]->provisional;
      one.qualitative_met = actuals[i]->qualitative_met;
      one.by_words = actuals[i]->by_words;
    }
    input.components.push_back(std::move(one));
  }
  return input;
}

KpiEvaluation View::Evaluate(const catalog::KpiAt& kpi, int reporting_year) const {
  KpiEvaluation result{kpi, reporting_year, {}, {}, {}, {}, {}, {}};
  if (auto plan = catalog_.FindPlan(kpi.plan())) result.rule = catalog_.Rule(*plan);
  result.target = catalog_.Target(kpi, reporting_year);
  result.official = Assessment(kpi, reporting_year);

  std::vector<const ActualRecord*> actuals;
  for (const std::string& component : ComponentsOf(*kpi.record)) {
    result.actuals.push_back(Actual(kpi, reporting_year, component));
    actuals.push_back(result.actuals.back() ? result.actuals.back()->record : nullptr);
  }
  result.input = InputOf(*kpi.record, result.rule ? result.rule->record : nullptr,
                         result.target ? result.target->record : nullptr, reporting_year, actuals);
  result.evaluation = progress::Evaluate(result.input);
  result.differs = result.official && result.official->record->judgement != result.evaluation.judgement;
  return result;
}

void JudgementCounts::Count(std::optional<Judgement> judgement) {
  ++kpis;
  switch (judgement.value_or(type::v1::JUDGEMENT_UNSPECIFIED)) {
    case type::v1::JUDGEMENT_ON_TRACK:
      ++on_track;
      break;
    case type::v1::JUDGEMENT_MOSTLY_ON_TRACK:
      ++mostly_on_track;
      break;
    case type::v1::JUDGEMENT_DELAYED:
      ++delayed;
      break;
    case type::v1::JUDGEMENT_NOT_EVALUABLE:
      ++not_evaluable;
      break;
    default:
      ++undeclared;
  }
}

std::vector<catalog::KpiAt> View::SheetKpis(const catalog::PlanAt& plan, int reporting_year) const {
  std::vector<catalog::KpiAt> in_force;
  for (const catalog::KpiAt& kpi : catalog_.Kpis(plan)) {
    if (catalog_.InForce(kpi, reporting_year)) in_force.push_back(kpi);
  }
  return in_force;
}

std::vector<NodeSummary> View::Summarize(const catalog::PlanAt& plan, int reporting_year,
                                         uint32_t level) const {
  std::vector<NodeSummary> summaries;
  std::map<const catalog::NodeSlot*, size_t> place;
  for (const catalog::TreeLine& line : catalog_.Tree(plan, reporting_year)) {
    if (!line.node || line.node->record->level != level) continue;
    place[line.node->slot] = summaries.size();
    summaries.push_back({line.node});
  }
  summaries.push_back({});

  for (const catalog::KpiAt& kpi : SheetKpis(plan, reporting_year)) {
    KpiEvaluation judged = Evaluate(kpi, reporting_year);
    auto count_in = [&judged](NodeSummary& summary) {
      summary.derived.Count(judged.evaluation.judgement);
      summary.official.Count(judged.official ? std::optional(judged.official->record->judgement)
                                             : std::nullopt);
      summary.differing += judged.differs;
      summary.awaiting_actual += judged.AwaitsActual();
    };
    count_in(summaries.back());
    for (const catalog::NodeAt& above : catalog_.Path(kpi)) {
      if (auto found = place.find(above.slot); found != place.end()) count_in(summaries[found->second]);
    }
  }
  return summaries;
}

}  // namespace seisaku::progress
