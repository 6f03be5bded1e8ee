// Decisions on figures.
#include <algorithm>

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/catalog/domain/errors.h"
#include "services/catalog/domain/words.h"
#include "services/progress/domain/decision.h"
#include "services/progress/domain/errors.h"

namespace seisaku::progress {
namespace {

using catalog::errors::CheckEtag;

std::string BaseOf(const std::string& unit) { return ToBaseUnit({Decimal(0), unit}).unit; }

absl::Status CheckComponent(std::string_view field, const catalog::KpiRecord& kpi,
                            const std::string& component) {
  const std::vector<std::string>& components = ComponentsOf(kpi);
  if (std::find(components.begin(), components.end(), component) != components.end()) {
    return absl::OkStatus();
  }
  if (kpi.components.empty())
    return errors::InvalidField(field, expected::NO_COMPONENT, {{"actual", component}});
  return errors::InvalidField(field, expected::ONE_OF,
                              {{"allowed", fmt::join(components, ", ")}, {"actual", component}});
}

absl::Status CheckKind(const catalog::KpiRecord& kpi, const ActualRecord& record) {
  bool qualitative = kpi.direction == type::v1::DIRECTION_QUALITATIVE;
  if (record.qualitative_met && !qualitative) {
    return errors::InvalidField("actual.qualitative_met", expected::NOT_QUALITATIVE);
  }
  if (qualitative) return absl::OkStatus();
  const Quantity* number = record.value.number();
  if (number == nullptr) {
    return errors::InvalidField("actual.value.text", expected::NUMBER);
  }
  if (number->unit == kpi.unit || BaseOf(number->unit) == BaseOf(kpi.unit)) return absl::OkStatus();
  return errors::InvalidField("actual.value.number.unit", expected::UNIT_OF_KPI,
                              {{"unit", kpi.unit}, {"actual", number->unit}});
}

absl::StatusOr<ActualRecord> CheckedActual(const catalog::KpiAt& kpi, const v1::Actual& proto) {
  RETURN_IF_ERROR(CheckComponent("actual.component", *kpi.record, proto.component()));
  ASSIGN_OR_RETURN(ActualRecord record, FromProto("actual", proto));
  RETURN_IF_ERROR(catalog::CheckValue("actual.value", record.value));
  RETURN_IF_ERROR(catalog::CheckPrinted("actual.value", record.value));
  RETURN_IF_ERROR(CheckKind(*kpi.record, record));
  return record;
}

}  // namespace

FigureDecision RecordActual(const View& view, const catalog::KpiAt& kpi, const v1::Actual& proto) {
  ASSIGN_OR_RETURN(ActualRecord record, CheckedActual(kpi, proto));
  NameInPlan name = NameOf(kpi);
  std::string resource = ActualName(name, proto.reporting_year(), proto.component());
  if (auto present = view.Actual(kpi, proto.reporting_year(), proto.component())) {
    if (SameFigure(*present->record, record)) return std::nullopt;
    return WithField(errors::ActualExists(resource, present->position), "actual.value");
  }
  v1::Event event;
  FillProto(name, proto.reporting_year(), proto.component(), record, *event.mutable_actual_recorded());
  return FigureEvent{std::move(event), std::move(resource)};
}

FigureDecision CorrectActual(const View& view, const catalog::KpiAt& kpi, const v1::CorrectActual& correct,
                             bool has_reason) {
  const v1::Actual& proto = correct.actual();
  ASSIGN_OR_RETURN(ActualRecord record, CheckedActual(kpi, proto));
  NameInPlan name = NameOf(kpi);
  std::string resource = ActualName(name, proto.reporting_year(), proto.component());
  auto present = view.Actual(kpi, proto.reporting_year(), proto.component());
  if (!present) return WithField(errors::ActualMissing(resource), "actual");
  RETURN_IF_ERROR(WithField(CheckEtag(resource, correct.etag(), present->position), "etag"));
  if (!has_reason) return errors::RequiredField("reason");
  if (Identical(*present->record, record)) return std::nullopt;
  v1::Event event;
  FillProto(name, proto.reporting_year(), proto.component(), record, *event.mutable_actual_corrected());
  return FigureEvent{std::move(event), std::move(resource)};
}

FigureDecision RetractActual(const View& view, const catalog::KpiAt& kpi, const v1::RetractActual& retract,
                             bool has_reason) {
  // A component that the KPI no longer has may still have a figure to take back.
  NameInPlan name = NameOf(kpi);
  std::string resource = ActualName(name, retract.reporting_year(), retract.component());
  auto last = view.LastRevision(kpi, retract.reporting_year(), retract.component());
  if (!last) return WithField(errors::ActualMissing(resource), "component");
  RETURN_IF_ERROR(WithField(CheckEtag(resource, retract.etag(), last->position), "etag"));
  if (!has_reason) return errors::RequiredField("reason");
  if (last->record->retracted) return std::nullopt;
  v1::Event event;
  v1::ActualRetracted& retracted = *event.mutable_actual_retracted();
  retracted.set_kpi(retract.kpi());
  retracted.set_reporting_year(retract.reporting_year());
  retracted.set_component(retract.component());
  return FigureEvent{std::move(event), std::move(resource)};
}

}  // namespace seisaku::progress
