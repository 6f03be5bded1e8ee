// Targets: what a KPI is to reach in a reporting year, and what must be true of any values of a KPI.
#include <algorithm>
#include <set>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/quantity.h"
#include "services/base/status.h"
#include "services/catalog/domain/checks.h"
#include "services/catalog/domain/decision.h"
#include "services/catalog/domain/errors.h"
#include "services/catalog/domain/evolution.h"
#include "services/catalog/domain/names.h"
#include "services/catalog/domain/record_walk.h"
#include "services/catalog/domain/records.h"
#include "services/catalog/domain/verb.h"
#include "services/catalog/domain/view.h"
#include "services/domain/words.h"

namespace seisaku::catalog {

using seisaku::errors::InvalidField;
using seisaku::errors::RequiredField;

// Records.

absl::StatusOr<TargetRecord> FromProto(const FieldPath& field, const v1::Target& proto) {
  RETURN_IF_ERROR(CheckYear(FieldPath(field, "reporting_year"), proto.reporting_year()));
  ASSIGN_OR_RETURN(auto values, ComponentValuesFromProto(FieldPath(field, "values"), proto.values()));
  return TargetRecord{std::move(values)};
}

v1::Target ToProto(int reporting_year, const TargetRecord& record) {
  v1::Target proto;
  proto.set_reporting_year(reporting_year);
  for (const ComponentValue& value : record.values) *proto.add_values() = ToProto(value);
  return proto;
}

// Checks.

namespace {

// Each value's component is one of the KPI's, and none is named twice or left out.
absl::Status CheckCoverage(const FieldPath& field, const std::vector<std::string>& components,
                           const std::vector<ComponentValue>& values) {
  static const std::vector<std::string> kOneSeries = {""};
  const std::vector<std::string>& wanted = components.empty() ? kOneSeries : components;
  std::set<std::string_view> seen;
  for (size_t i = 0; i < values.size(); ++i) {
    const FieldPath item(field, i);
    const FieldPath path(item, "component");
    if (std::find(wanted.begin(), wanted.end(), values[i].component) == wanted.end()) {
      if (components.empty())
        return InvalidField(path.ToString(), expected::NO_COMPONENT, {{"actual", values[i].component}});
      return InvalidField(path.ToString(), expected::ONE_OF,
                          {{"allowed", fmt::join(components, ", ")}, {"actual", values[i].component}});
    }
    if (!seen.insert(values[i].component).second) {
      return InvalidField(path.ToString(), expected::EACH_ONCE, {{"actual", values[i].component}});
    }
  }
  if (seen.size() == wanted.size()) return absl::OkStatus();
  if (components.empty()) return RequiredField(field.ToString());
  return InvalidField(field.ToString(), expected::VALUE_FOR_EACH, {{"needed", fmt::join(components, ", ")}});
}

absl::Status CheckKind(const FieldPath& field, const KpiRecord& kpi, const Value& value) {
  const Quantity* number = value.number();
  if (number == nullptr) return absl::OkStatus();
  if (kpi.direction == type::v1::DIRECTION_QUALITATIVE) {
    return InvalidField(FieldPath(field, "text").ToString(), expected::WORDS);
  }
  if (ToBaseUnit({Decimal(0), number->unit}).unit == kpi.unit) return absl::OkStatus();
  return InvalidField(FieldPath(field, "number.unit").ToString(), expected::UNIT_OF_KPI,
                      {{"unit", kpi.unit}, {"actual", number->unit}});
}

}  // namespace

absl::Status CheckValues(const FieldPath& field, const KpiRecord& kpi,
                         const std::vector<ComponentValue>& values) {
  RETURN_IF_ERROR(CheckCoverage(field, kpi.components, values));
  for (size_t i = 0; i < values.size(); ++i) {
    const FieldPath item(field, i);
    const FieldPath path(item, "value");
    RETURN_IF_ERROR(CheckValue(path, values[i].value));
    RETURN_IF_ERROR(CheckKind(path, kpi, values[i].value));
  }
  return absl::OkStatus();
}

absl::Status CheckPrinted(const FieldPath& field, const std::vector<ComponentValue>& values) {
  for (size_t i = 0; i < values.size(); ++i) {
    const FieldPath item(field, i);
    RETURN_IF_ERROR(CheckPrinted(FieldPath(item, "value"), values[i].value));
  }
  return absl::OkStatus();
}

std::vector<ComponentValue> InComponentOrder(const std::vector<std::string>& components,
                                             std::vector<ComponentValue> values) {
  auto rank = [&](const ComponentValue& value) {
    return std::find(components.begin(), components.end(), value.component) - components.begin();
  };
  std::sort(values.begin(), values.end(),
            [&](const ComponentValue& a, const ComponentValue& b) { return rank(a) < rank(b); });
  return values;
}

absl::Status CheckTargetsKept(const FieldPath& field, const View& view, const KpiAt& kpi, int first_year) {
  const std::vector<TargetAt> targets = view.Targets(kpi);
  if (targets.empty() || targets.front().reporting_year >= first_year) return absl::OkStatus();
  return InvalidField(field.ToString(), expected::NOT_ABOVE,
                      {{"limit", targets.front().reporting_year},
                       {"other", fmt::format("{}.targets[0].reporting_year", KpiName(kpi.plan(), kpi.id()))},
                       {"actual", first_year}});
}

// Decisions.

namespace {

// Without observed periods that are the reporting year itself, as value.proto asks.
TargetRecord WithoutOwnYear(int reporting_year, TargetRecord target) {
  const ObservedPeriod own{ObservedPeriod::Kind::kFiscalYear, reporting_year};
  for (ComponentValue& value : target.values) {
    if (value.value.observed_period == own) value.value.observed_period.reset();
  }
  return target;
}

Decided<v1::TargetSet> SetTarget(const Deciding& in, const v1::SetTarget& set) {
  ASSIGN_OR_RETURN(KpiAt kpi, RequireKpi(in.view, "kpi", set.kpi()));
  RETURN_IF_ERROR(errors::CheckEtag(set.kpi(), set.etag(), in.view.LastChange(kpi)));
  ASSIGN_OR_RETURN(TargetRecord target, FromProto("target", set.target()));
  RETURN_IF_ERROR(CheckValues("target.values", *kpi.record, target.values));
  RETURN_IF_ERROR(CheckPrinted("target.values", target.values));
  const int year = set.target().reporting_year();
  RETURN_IF_ERROR(WithField(CheckInForce(in.view, kpi, year), "target.reporting_year"));
  target.values = InComponentOrder(kpi.record->components, std::move(target.values));
  v1::TargetSet target_set;
  target_set.set_kpi(set.kpi());
  *target_set.mutable_target() = ToProto(year, WithoutOwnYear(year, std::move(target)));
  auto in_force = in.view.Target(kpi, year);
  // Earlier builds kept the reporting year as an observed period.
  const auto same = [&](const TargetRecord& other) {
    return Same(target_set.target(), ToProto(year, WithoutOwnYear(year, other)));
  };
  if (in_force && same(*in_force->record)) return std::nullopt;
  if (in_force && !in.has_reason) return RequiredField("reason");
  return target_set;
}

// Fold.

absl::Status TargetSet(Evolution& state, const v1::TargetSet& set) {
  ASSIGN_OR_RETURN(TargetRecord target, FromProto("target", set.target()));
  ASSIGN_OR_RETURN(KpiSlot * kpi, state.Kpi(set.kpi()));
  state.Set(kpi->targets[set.target().reporting_year()], std::move(target));
  return absl::OkStatus();
}

// What is shown.

TargetAt AtRevision(int reporting_year, const Revisions<TargetRecord>& revisions,
                    const Revisions<TargetRecord>::Revision& revision) {
  auto number = static_cast<uint32_t>(&revision - revisions.all().data()) + 1;
  return {reporting_year, &revision.value, number, revision.position};
}

}  // namespace

std::optional<TargetAt> View::Target(const KpiAt& kpi, int reporting_year) const {
  auto found = kpi.slot->targets.find(reporting_year);
  if (found == kpi.slot->targets.end()) return std::nullopt;
  const auto* revision = found->second.RevisionAt(size_);
  if (revision == nullptr) return std::nullopt;
  return AtRevision(reporting_year, found->second, *revision);
}

std::vector<TargetAt> View::Targets(const KpiAt& kpi) const {
  std::vector<TargetAt> targets;
  for (const auto& [year, revisions] : kpi.slot->targets) {
    if (const auto* revision = revisions.RevisionAt(size_)) {
      targets.push_back(AtRevision(year, revisions, *revision));
    }
  }
  return targets;
}

std::vector<TargetAt> View::TargetRevisions(const KpiAt& kpi) const {
  std::vector<TargetAt> targets;
  for (const auto& [year, revisions] : kpi.slot->targets) {
    for (const auto& revision : revisions.all()) {
      if (revision.position < size_) targets.push_back(AtRevision(year, revisions, revision));
    }
  }
  std::sort(targets.begin(), targets.end(),
            [](const TargetAt& a, const TargetAt& b) { return a.position < b.position; });
  return targets;
}

v1::Target View::Render(const TargetAt& target) const {
  v1::Target proto = ToProto(target.reporting_year, *target.record);
  proto.set_revision(target.revision);
  proto.set_position(target.position);
  return proto;
}

// The digest.

bool VisitTargets(RecordWalk& walk, const KpiSlot& kpi) {
  const std::string name = KpiName(kpi.plan->id, kpi.id);
  const auto& targets = kpi.targets;
  int year = 0;
  for (auto next = targets.begin(); next != targets.end(); next = targets.upper_bound(year)) {
    year = next->first;
    if (!walk.Resource(fmt::format("{}/targets/{}", name, year), next->second,
                       [&](const TargetRecord& record) { return ToProto(year, record); })) {
      return false;
    }
  }
  return true;
}

// Verbs.

absl::Span<const VerbRow> TargetVerbs() {
  static constexpr VerbRow kRows[] = {
      Row<SetTarget, TargetSet>(v1::Change::kSetTarget, v1::Event::kTargetSet, "kpi"),
  };
  return kRows;
}

}  // namespace seisaku::catalog
