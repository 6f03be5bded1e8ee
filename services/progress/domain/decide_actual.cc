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

// The target of the figure's year and component, as far as progress knows catalog; nullptr where there is
// none.
const catalog::Value* TargetOf(const View& view, const catalog::KpiAt& kpi, const v1::Actual& proto) {
  const auto target = view.catalog().Target(kpi, proto.reporting_year());
  return target ? catalog::FindComponent(target->record->values, proto.component()) : nullptr;
}

// What a figure of a KPI that is not qualitative says beside its value. It may be recorded before its target
// is set: what it is worth then the evaluation says.
absl::Status CheckByWords(const catalog::Value* target, const v1::Actual& proto, const ActualRecord& record) {
  const int year = proto.reporting_year();
  if (record.by_words) {
    if (target == nullptr || target->number() == nullptr) return absl::OkStatus();
    return errors::InvalidField("actual.by_words", expected::NUMBER_TARGET,
                                {{"year", year}, {"target", catalog::Format(*target)}});
  }
  const bool is_number = record.value.number() != nullptr;
  if (is_number && !record.qualitative_met) return absl::OkStatus();
  if (target != nullptr && target->number() == nullptr) {
    return errors::InvalidField("actual.by_words", expected::BY_WORDS, {{"year", year}});
  }
  if (record.qualitative_met) {
    return errors::InvalidField("actual.qualitative_met", expected::NOT_QUALITATIVE);
  }
  return errors::InvalidField("actual.value.text", expected::NUMBER);
}

absl::Status CheckKind(const View& view, const catalog::KpiAt& kpi, const v1::Actual& proto,
                       const ActualRecord& record) {
  if (kpi.record->direction == type::v1::DIRECTION_QUALITATIVE) {
    if (!record.by_words) return absl::OkStatus();
    return errors::InvalidField("actual.by_words", expected::NOT_BY_WORDS);
  }
  RETURN_IF_ERROR(CheckByWords(TargetOf(view, kpi, proto), proto, record));
  const Quantity* number = record.value.number();
  const std::string& unit = kpi.record->unit;
  if (number == nullptr || number->unit == unit || BaseOf(number->unit) == BaseOf(unit)) {
    return absl::OkStatus();
  }
  return errors::InvalidField("actual.value.number.unit", expected::UNIT_OF_KPI,
                              {{"unit", unit}, {"actual", number->unit}});
}

absl::StatusOr<ActualRecord> CheckedActual(const View& view, const catalog::KpiAt& kpi,
                                           const v1::Actual& proto) {
  RETURN_IF_ERROR(CheckComponent("actual.component", *kpi.record, proto.component()));
  ASSIGN_OR_RETURN(ActualRecord record, FromProto("actual", proto));
  RETURN_IF_ERROR(catalog::CheckValue("actual.value", record.value));
  RETURN_IF_ERROR(catalog::CheckPrinted("actual.value", record.value));
  RETURN_IF_ERROR(CheckKind(view, kpi, proto, record));
  return record;
}

}  // namespace

FigureDecision RecordActual(const View& view, const catalog::KpiAt& kpi, const v1::Actual& proto) {
  ASSIGN_OR_RETURN(ActualRecord record, CheckedActual(view, kpi, proto));
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
  ASSIGN_OR_RETURN(ActualRecord record, CheckedActual(view, kpi, proto));
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
