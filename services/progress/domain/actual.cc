// Actuals: what a KPI's component reached in a reporting year. A figure is recorded, corrected and retracted.
#include <algorithm>

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/catalog/domain/errors.h"
#include "services/domain/words.h"
#include "services/progress/domain/decision.h"
#include "services/progress/domain/errors.h"
#include "services/progress/domain/evolution.h"
#include "services/progress/domain/names.h"
#include "services/progress/domain/record_walk.h"
#include "services/progress/domain/records.h"
#include "services/progress/domain/render.h"
#include "services/progress/domain/verb.h"
#include "services/progress/domain/view.h"

namespace seisaku::progress {

// Records.

absl::StatusOr<ActualRecord> FromProto(const FieldPath& field, const v1::Actual& proto) {
  ActualRecord record;
  ASSIGN_OR_RETURN(record.value, ValueFromProto(FieldPath(field, "value"), proto.value()));
  if (record.value.observed_period ==
      ObservedPeriod{ObservedPeriod::Kind::kFiscalYear, proto.reporting_year()}) {
    record.value.observed_period.reset();
  }
  record.provisional = proto.provisional();
  record.qualitative_met = proto.qualitative_met();
  record.by_words = proto.by_words();
  return record;
}

void FillProto(const NameInPlan& kpi, int reporting_year, std::string_view component,
               const ActualRecord& record, v1::Actual& proto) {
  proto.set_kpi(catalog::KpiName(kpi.plan, kpi.id));
  proto.set_reporting_year(reporting_year);
  proto.set_component(component.data(), component.size());
  if (record.retracted) return;
  FillProto(record.value, *proto.mutable_value());
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

bool SameFigure(const ActualRecord& a, const ActualRecord& b) {
  ActualRecord unprinted_a = a;
  ActualRecord unprinted_b = b;
  unprinted_a.value.printed.clear();
  unprinted_b.value.printed.clear();
  return Identical(unprinted_a, unprinted_b);
}

bool Identical(const ActualRecord& a, const ActualRecord& b) {
  return a.retracted == b.retracted && a.provisional == b.provisional &&
         a.qualitative_met == b.qualitative_met && a.by_words == b.by_words && Identical(a.value, b.value);
}

// Checks.

namespace {

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
const Value* TargetOf(const View& view, const catalog::KpiAt& kpi, const v1::Actual& proto) {
  const auto target = view.catalog().Target(kpi, proto.reporting_year());
  return target ? FindComponent(target->record->values, proto.component()) : nullptr;
}

// What a figure of a KPI that is not qualitative says beside its value. It may be recorded before its target
// is set: what it is worth then the evaluation says.
absl::Status CheckByWords(const Value* target, const v1::Actual& proto, const ActualRecord& record) {
  const int year = proto.reporting_year();
  if (record.by_words) {
    if (target == nullptr || target->number() == nullptr) return absl::OkStatus();
    return errors::InvalidField("actual.by_words", expected::NUMBER_TARGET,
                                {{"year", year}, {"target", Format(*target)}});
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
  RETURN_IF_ERROR(CheckValue("actual.value", record.value));
  RETURN_IF_ERROR(CheckPrinted("actual.value", record.value));
  RETURN_IF_ERROR(CheckKind(view, kpi, proto, record));
  return record;
}

// The name of the figure that a message is, or is about.
template <typename Proto>
std::string NameOfFigure(const Proto& proto) {
  return ActualName(proto.kpi(), proto.reporting_year(), proto.component());
}

template <typename Proto>
absl::Status CheckEtag(const Proto& proto, std::string_view etag, Position last_change) {
  if (etag.empty()) return absl::OkStatus();
  return WithField(catalog::errors::CheckEtag(NameOfFigure(proto), etag, last_change), "etag");
}

// Decisions.

v1::Actual ToProto(const catalog::KpiAt& kpi, const v1::Actual& proto, const ActualRecord& record) {
  return progress::ToProto(NameOf(kpi), proto.reporting_year(), proto.component(), record);
}

Decided<v1::Actual> RecordActual(const Deciding& in, const v1::Actual& proto) {
  ASSIGN_OR_RETURN(catalog::KpiAt kpi, RequireKpi(in, proto.kpi(), proto.reporting_year()));
  ASSIGN_OR_RETURN(ActualRecord record, CheckedActual(in.view, kpi, proto));
  if (auto present = in.view.Actual(kpi, proto.reporting_year(), proto.component())) {
    if (SameFigure(*present->record, record)) return std::nullopt;
    return WithField(errors::ActualExists(NameOfFigure(proto), present->position), "actual.value");
  }
  return ToProto(kpi, proto, record);
}

Decided<v1::Actual> CorrectActual(const Deciding& in, const v1::CorrectActual& correct) {
  const v1::Actual& proto = correct.actual();
  ASSIGN_OR_RETURN(catalog::KpiAt kpi, RequireKpi(in, proto.kpi(), proto.reporting_year()));
  ASSIGN_OR_RETURN(ActualRecord record, CheckedActual(in.view, kpi, proto));
  auto present = in.view.Actual(kpi, proto.reporting_year(), proto.component());
  if (!present) return WithField(errors::ActualMissing(NameOfFigure(proto)), "actual");
  RETURN_IF_ERROR(CheckEtag(proto, correct.etag(), present->position));
  if (!in.has_reason) return errors::RequiredField("reason");
  if (Identical(*present->record, record)) return std::nullopt;
  return ToProto(kpi, proto, record);
}

Decided<v1::ActualRetracted> RetractActual(const Deciding& in, const v1::RetractActual& retract) {
  ASSIGN_OR_RETURN(catalog::KpiAt kpi, RequireKpi(in, retract.kpi(), retract.reporting_year()));
  // A component that the KPI no longer has may still have a figure to take back.
  auto last = in.view.LastRevision(kpi, retract.reporting_year(), retract.component());
  if (!last) return WithField(errors::ActualMissing(NameOfFigure(retract)), "component");
  RETURN_IF_ERROR(CheckEtag(retract, retract.etag(), last->position));
  if (!in.has_reason) return errors::RequiredField("reason");
  if (last->record->retracted) return std::nullopt;
  v1::ActualRetracted retracted;
  retracted.set_kpi(retract.kpi());
  retracted.set_reporting_year(retract.reporting_year());
  retracted.set_component(retract.component());
  return retracted;
}

// Fold.

using FigureRevisions = Revisions<ActualRecord>;

// The figure that an event is about, of the KPI that was found; nullptr where none was ever recorded.
template <typename Proto>
FigureRevisions* FindFigure(Evolution& state, const Proto& proto) {
  if (state.slot() == nullptr) return nullptr;
  auto found = state.slot()->actuals.find({proto.reporting_year(), proto.component()});
  return found == state.slot()->actuals.end() ? nullptr : &found->second;
}

bool IsThere(const FigureRevisions* figure) {
  return figure != nullptr && !figure->all().back().value.retracted;
}

// `figure` is FindFigure's.
void SetFigure(Evolution& state, const v1::Actual& proto, FigureRevisions* figure, ActualRecord record) {
  KpiSlot& slot = state.SlotToChange();
  if (figure == nullptr) figure = &slot.actuals[{proto.reporting_year(), proto.component()}];
  state.Set(*figure, std::move(record));
}

absl::Status ActualRecorded(Evolution& state, const v1::Actual& proto) {
  RETURN_IF_ERROR(state.FindKpi(proto.kpi(), proto.reporting_year()));
  ASSIGN_OR_RETURN(ActualRecord record, FromProto("actual", proto));
  FigureRevisions* figure = FindFigure(state, proto);
  if (IsThere(figure)) return CannotBe("there is a figure already");
  SetFigure(state, proto, figure, std::move(record));
  return absl::OkStatus();
}

absl::Status ActualCorrected(Evolution& state, const v1::Actual& proto) {
  RETURN_IF_ERROR(state.FindKpi(proto.kpi(), proto.reporting_year()));
  ASSIGN_OR_RETURN(ActualRecord record, FromProto("actual", proto));
  FigureRevisions* figure = FindFigure(state, proto);
  if (!IsThere(figure)) return CannotBe("there is no figure to correct");
  SetFigure(state, proto, figure, std::move(record));
  return absl::OkStatus();
}

absl::Status ActualRetracted(Evolution& state, const v1::ActualRetracted& proto) {
  RETURN_IF_ERROR(state.FindKpi(proto.kpi(), proto.reporting_year()));
  FigureRevisions* figure = FindFigure(state, proto);
  if (!IsThere(figure)) return CannotBe("there is no figure to take back");
  ActualRecord record;
  record.retracted = true;
  state.SlotToChange();
  state.Set(*figure, std::move(record));
  return absl::OkStatus();
}

// What is shown.

ActualAt AtRevision(int reporting_year, std::string_view component, const FigureRevisions& figure,
                    const FigureRevisions::Revision& revision) {
  auto number = static_cast<uint32_t>(&revision - figure.all().data()) + 1;
  return {reporting_year, component, &revision.value, number, revision.position};
}

size_t PlaceOf(const std::vector<std::string>& components, std::string_view component) {
  return static_cast<size_t>(std::find(components.begin(), components.end(), component) - components.begin());
}

}  // namespace

std::optional<ActualAt> View::LastRevision(const catalog::KpiAt& kpi, int reporting_year,
                                           std::string_view component) const {
  const KpiSlot* slot = state_->Find(kpi);
  if (slot == nullptr) return std::nullopt;
  auto figure = slot->actuals.find({reporting_year, std::string(component)});
  if (figure == slot->actuals.end()) return std::nullopt;
  const FigureRevisions::Revision* revision = figure->second.RevisionAt(size_);
  if (revision == nullptr) return std::nullopt;
  return AtRevision(reporting_year, figure->first.second, figure->second, *revision);
}

std::optional<ActualAt> View::Actual(const catalog::KpiAt& kpi, int reporting_year,
                                     std::string_view component) const {
  auto last = LastRevision(kpi, reporting_year, component);
  if (last && last->record->retracted) return std::nullopt;
  return last;
}

std::vector<ActualAt> View::Actuals(const catalog::KpiAt& kpi, int reporting_year, bool history) const {
  std::vector<ActualAt> found;
  const KpiSlot* slot = state_->Find(kpi);
  if (slot == nullptr) return found;
  for (const auto& [key, figure] : slot->actuals) {
    const auto& [year, component] = key;
    if (reporting_year != 0 && year != reporting_year) continue;
    const FigureRevisions::Revision* last = figure.RevisionAt(size_);
    if (last == nullptr) continue;
    if (!history && !last->value.retracted) found.push_back(AtRevision(year, component, figure, *last));
    if (!history) continue;
    for (const FigureRevisions::Revision& revision : figure.all()) {
      if (revision.position < size_) found.push_back(AtRevision(year, component, figure, revision));
    }
  }
  const std::vector<std::string>& components = kpi.record->components;
  std::sort(found.begin(), found.end(), [&](const ActualAt& a, const ActualAt& b) {
    if (history) return a.position < b.position;
    if (a.reporting_year != b.reporting_year) return a.reporting_year < b.reporting_year;
    return PlaceOf(components, a.component) < PlaceOf(components, b.component);
  });
  return found;
}

void Render(const NameInPlan& kpi, const ActualAt& actual, v1::Actual& proto) {
  FillProto(kpi, actual.reporting_year, actual.component, *actual.record, proto);
  proto.set_revision(actual.revision);
  proto.set_position(actual.position);
  proto.set_retracted(actual.record->retracted);
}

v1::Actual Render(const NameInPlan& kpi, const ActualAt& actual) {
  v1::Actual proto;
  Render(kpi, actual, proto);
  return proto;
}

// The digest.

void VisitActuals(const KpiSlot& kpi, Position size, StateMachine::Visit visit) {
  const std::string kpi_name = catalog::KpiName(kpi.name.plan, kpi.name.id);
  for (const auto& [key, figure] : kpi.actuals) {
    const auto& [year, component] = key;
    VisitRevisions(ActualName(kpi_name, year, component), figure, size, visit,
                   [&, year = year, &component = component](const ActualRecord& record) {
                     return progress::ToProto(kpi.name, year, component, record);
                   });
  }
}

// Verbs.

absl::Span<const VerbRow> ActualVerbs() {
  static constexpr VerbRow kRows[] = {
      Row<RecordActual, ActualRecorded, NameOfFigure<v1::Actual>>(
          v1::Change::kRecordActual, v1::Event::kActualRecorded, "actual.kpi", Makers::kPlannersAndReporters),
      Row<CorrectActual, ActualCorrected, NameOfFigure<v1::Actual>>(v1::Change::kCorrectActual,
                                                                    v1::Event::kActualCorrected, "actual.kpi",
                                                                    Makers::kPlannersAndReporters),
      Row<RetractActual, ActualRetracted, NameOfFigure<v1::ActualRetracted>>(
          v1::Change::kRetractActual, v1::Event::kActualRetracted, "kpi", Makers::kPlannersAndReporters),
  };
  return kRows;
}

}  // namespace seisaku::progress
