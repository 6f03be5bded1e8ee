#include "services/progress/domain/records.h"

#include "services/base/status.h"

namespace seisaku::progress {

absl::StatusOr<ActualRecord> FromProto(const FieldPath& field, const v1::Actual& proto) {
  ActualRecord record;
  ASSIGN_OR_RETURN(record.value, catalog::ValueFromProto(FieldPath(field, "value"), proto.value()));
  if (record.value.observed_period ==
      ObservedPeriod{ObservedPeriod::Kind::kFiscalYear, proto.reporting_year()}) {
    record.value.observed_period.reset();
  }
  record.provisional = proto.provisional();
  record.qualitative_met = proto.qualitative_met();
  record.by_words = proto.by_words();
  return record;
}

AssessmentRecord FromProto(const v1::AssessmentRecorded& proto) {
  AssessmentRecord record{proto.judgement(), {}, proto.printed(), std::nullopt};
  for (int cause : proto.causes()) record.causes.push_back(static_cast<type::v1::Cause>(cause));
  if (proto.has_difference_reason()) record.difference_reason = proto.difference_reason().index();
  return record;
}

NarrativeRecord FromProto(const v1::NarrativeRecorded& proto) {
  return {proto.has_text() ? std::optional(proto.text().index()) : std::nullopt};
}

void FillProto(const NameInPlan& kpi, int reporting_year, std::string_view component,
               const ActualRecord& record, v1::Actual& proto) {
  proto.set_kpi(catalog::KpiName(kpi.plan, kpi.id));
  proto.set_reporting_year(reporting_year);
  proto.set_component(component.data(), component.size());
  if (record.retracted) return;
  catalog::FillProto(record.value, *proto.mutable_value());
  proto.set_provisional(record.provisional);
  proto.set_qualitative_met(record.qualitative_met);
  proto.set_by_words(record.by_words);
}

v1::Actual ToProto(const NameInPlan& kpi, int reporting_year, std::string_view component,
                   const ActualRecord& record) {
  v1::Actual proto;
  FillProto(kpi, reporting_year, component, record, proto);
  return proto;
}

v1::AssessmentRecorded ToProto(const NameInPlan& kpi, int reporting_year, const AssessmentRecord& record) {
  v1::AssessmentRecorded proto;
  proto.set_kpi(catalog::KpiName(kpi.plan, kpi.id));
  proto.set_reporting_year(reporting_year);
  proto.set_judgement(record.judgement);
  for (type::v1::Cause cause : record.causes) proto.add_causes(cause);
  proto.set_printed(record.printed);
  if (record.difference_reason) proto.mutable_difference_reason()->set_index(*record.difference_reason);
  return proto;
}

v1::NarrativeRecorded ToProto(const NameInPlan& kpi, int reporting_year, v1::NarrativeKind kind,
                              const NarrativeRecord& record) {
  v1::NarrativeRecorded proto;
  proto.set_kpi(catalog::KpiName(kpi.plan, kpi.id));
  proto.set_reporting_year(reporting_year);
  proto.set_kind(kind);
  if (record.text) proto.mutable_text()->set_index(*record.text);
  return proto;
}

bool SameFigure(const ActualRecord& a, const ActualRecord& b) {
  ActualRecord unprinted_a = a;
  ActualRecord unprinted_b = b;
  unprinted_a.value.printed.clear();
  unprinted_b.value.printed.clear();
  return Identical(unprinted_a, unprinted_b);
}

bool Identical(const ActualRecord& a, const ActualRecord& b) {
  return a.retracted == b.retracted && a.provisional == b.provisional &&
         a.qualitative_met == b.qualitative_met && a.by_words == b.by_words &&
         catalog::Identical(a.value, b.value);
}

bool Identical(const AssessmentRecord& a, const AssessmentRecord& b) {
  return a.judgement == b.judgement && a.causes == b.causes && a.printed == b.printed &&
         a.difference_reason == b.difference_reason;
}

}  // namespace seisaku::progress
