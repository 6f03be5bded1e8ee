#include "services/progress/domain/view.h"

#include <algorithm>

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/errors.h"

namespace seisaku::progress {
namespace {

using Cell = Revisions<ActualRecord>;

ActualAt AtRevision(int reporting_year, std::string_view component, const Cell& cell,
                    const Cell::Revision& revision) {
  auto number = static_cast<uint32_t>(&revision - cell.all().data()) + 1;
  return {reporting_year, component, &revision.value, number, revision.position};
}

size_t PlaceOf(const std::vector<std::string>& components, std::string_view component) {
  return static_cast<size_t>(std::find(components.begin(), components.end(), component) - components.begin());
}

}  // namespace

const std::vector<std::string>& ComponentsOf(const catalog::KpiRecord& kpi) {
  static const std::vector<std::string> kOneSeries = {""};
  return kpi.components.empty() ? kOneSeries : kpi.components;
}

bool KpiEvaluation::AwaitsActual() const {
  return std::any_of(actuals.begin(), actuals.end(), [](const auto& actual) { return !actual.has_value(); });
}

Position View::CarrierOf(Position catalog_position) const {
  const auto& marks = state_->catalog_marks().all();
  return std::partition_point(
             marks.begin(), marks.end(),
             [catalog_position](const auto& mark) { return mark.value.size <= catalog_position; })
      ->position;
}

absl::StatusOr<catalog::KpiAt> View::ResolveKpi(std::string_view field, std::string_view name) const {
  ASSIGN_OR_RETURN(NameInPlan reference, catalog::ParseKpiReference(field, name));
  if (auto kpi = catalog_.FindKpi(reference.plan, reference.id)) return *kpi;
  auto plan = catalog_.FindPlan(reference.plan);
  if (!plan) return errors::NotFound(name);
  std::vector<catalog::KpiAt> titled = catalog_.KpisByTitle(*plan, reference.id);
  if (titled.empty()) return errors::NotFound(name);
  if (titled.size() == 1) return titled.front();
  std::vector<std::string> names;
  for (const catalog::KpiAt& kpi : titled) names.push_back(catalog::KpiName(kpi.plan(), kpi.id()));
  return catalog::errors::TitleNotUnique(reference.id, names);
}

std::optional<ActualAt> View::LastRevision(const catalog::KpiAt& kpi, int reporting_year,
                                           std::string_view component) const {
  const KpiSlot* slot = state_->Find(kpi);
  if (slot == nullptr) return std::nullopt;
  auto cell = slot->actuals.find({reporting_year, std::string(component)});
  if (cell == slot->actuals.end()) return std::nullopt;
  const Cell::Revision* revision = cell->second.RevisionAt(size_);
  if (revision == nullptr) return std::nullopt;
  return AtRevision(reporting_year, cell->first.second, cell->second, *revision);
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
  for (const auto& [key, cell] : slot->actuals) {
    const auto& [year, component] = key;
    if (reporting_year != 0 && year != reporting_year) continue;
    const Cell::Revision* last = cell.RevisionAt(size_);
    if (last == nullptr) continue;
    if (!history && !last->value.retracted) found.push_back(AtRevision(year, component, cell, *last));
    if (!history) continue;
    for (const Cell::Revision& revision : cell.all()) {
      if (revision.position < size_) found.push_back(AtRevision(year, component, cell, revision));
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

std::optional<NarrativeAt> View::LastNarrative(const catalog::KpiAt& kpi, int reporting_year,
                                               v1::NarrativeKind kind) const {
  const KpiSlot* slot = state_->Find(kpi);
  if (slot == nullptr) return std::nullopt;
  auto cell = slot->narratives.find({reporting_year, kind});
  if (cell == slot->narratives.end()) return std::nullopt;
  const auto* revision = cell->second.RevisionAt(size_);
  if (revision == nullptr) return std::nullopt;
  return NarrativeAt{kind, revision->position, revision->value.text};
}

std::optional<NarrativeAt> View::Narrative(const catalog::KpiAt& kpi, int reporting_year,
                                           v1::NarrativeKind kind) const {
  auto last = LastNarrative(kpi, reporting_year, kind);
  if (last && !last->text) return std::nullopt;
  return last;
}

std::vector<NarrativeAt> View::Narratives(const catalog::KpiAt& kpi, int reporting_year,
                                          bool retracted_too) const {
  std::vector<NarrativeAt> found;
  for (int kind = v1::NarrativeKind_MIN + 1; kind <= v1::NarrativeKind_MAX; ++kind) {
    auto last = LastNarrative(kpi, reporting_year, static_cast<v1::NarrativeKind>(kind));
    if (last && (last->text || retracted_too)) found.push_back(*last);
  }
  return found;
}

std::optional<AssessmentAt> View::Assessment(const catalog::KpiAt& kpi, int reporting_year) const {
  const KpiSlot* slot = state_->Find(kpi);
  if (slot == nullptr) return std::nullopt;
  auto cell = slot->assessments.find(reporting_year);
  if (cell == slot->assessments.end()) return std::nullopt;
  const auto* revision = cell->second.RevisionAt(size_);
  if (revision == nullptr) return std::nullopt;
  return AssessmentAt{&revision->value, revision->position};
}

}  // namespace seisaku::progress
