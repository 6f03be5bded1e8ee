#include "services/progress/domain/render.h"

namespace seisaku::progress {
namespace {

template <typename Proto>
void SetRate(const std::optional<Decimal>& rate, Proto* proto) {
  if (rate) *proto->mutable_rate_percent() = ToProto(*rate);
}

template <typename Proto>
void SetCodes(const std::vector<EvaluationCode>& codes, Proto* proto) {
  for (EvaluationCode code : codes) proto->add_codes(code);
}

v1::ComponentEvaluation RenderComponent(const KpiEvaluation& judged, size_t i) {
  const ComponentEvaluation& one = judged.evaluation.components[i];
  const std::string& component = judged.input.components[i].component;
  v1::ComponentEvaluation proto;
  proto.set_component(component);
  proto.set_judgement(one.judgement);
  if (judged.target) {
    const Value* target = FindComponent(judged.target->record->values, component);
    if (target != nullptr) *proto.mutable_target() = ToProto(*target);
  }
  if (judged.actuals[i]) *proto.mutable_actual() = Render(NameOf(judged.kpi), *judged.actuals[i]);
  if (one.used_baseline) {
    *proto.mutable_baseline() = ToProto(*FindComponent(judged.kpi.record->baseline, component));
  }
  proto.set_met(one.met);
  // Scale words and differences can make more digits of them than a message may have.
  if (one.ratio && one.ratio->numerator.IsStorable() && one.ratio->denominator.IsStorable()) {
    *proto.mutable_numerator() = ToProto(one.ratio->numerator);
    *proto.mutable_denominator() = ToProto(one.ratio->denominator);
  }
  SetRate(one.rate_percent, &proto);
  SetCodes(one.codes, &proto);
  return proto;
}

v1::SummaryCounts RenderCounts(const JudgementCounts& counts) {
  v1::SummaryCounts proto;
  proto.set_kpis(counts.kpis);
  proto.set_on_track(counts.on_track);
  proto.set_mostly_on_track(counts.mostly_on_track);
  proto.set_delayed(counts.delayed);
  proto.set_not_evaluable(counts.not_evaluable);
  proto.set_undeclared(counts.undeclared);
  return proto;
}

}  // namespace

v1::Evaluation Render(const View& view, const KpiEvaluation& judged) {
  NameInPlan kpi = NameOf(judged.kpi);
  v1::Evaluation proto;
  proto.set_name(EvaluationName(kpi, judged.reporting_year));
  proto.set_judgement(judged.evaluation.judgement);
  SetRate(judged.evaluation.rate_percent, &proto);
  SetCodes(judged.evaluation.codes, &proto);
  for (size_t i = 0; i < judged.input.components.size(); ++i) {
    *proto.add_components() = RenderComponent(judged, i);
  }
  if (judged.rule) {
    *proto.mutable_rule() = catalog::ToProto(*judged.rule->record);
    proto.set_rule_version(judged.rule->version);
  }
  if (judged.target) {
    proto.set_target_revision(judged.target->revision);
    proto.set_target_position(judged.target->position);
  }
  proto.set_catalog_position(view.catalog().size());
  if (judged.official) *proto.mutable_official() = Render(kpi, judged.reporting_year, *judged.official);
  proto.set_differs(judged.differs);
  return proto;
}

v1::SheetRow RenderRow(const View& view, const KpiEvaluation& judged) {
  v1::SheetRow row;
  *row.mutable_kpi() = view.catalog().Render(judged.kpi);
  for (const catalog::NodeAt& node : view.catalog().Path(judged.kpi)) {
    row.add_path(catalog::NodeName(node.plan(), node.id()));
  }
  *row.mutable_evaluation() = Render(view, judged);
  return row;
}

v1::NodeSummary Render(const View& view, const NodeSummary& summary) {
  v1::NodeSummary proto;
  if (summary.node) *proto.mutable_node() = view.catalog().Render(*summary.node);
  *proto.mutable_derived() = RenderCounts(summary.derived);
  *proto.mutable_official() = RenderCounts(summary.official);
  proto.set_differing(summary.differing);
  proto.set_awaiting_actual(summary.awaiting_actual);
  return proto;
}

}  // namespace seisaku::progress
