// KPIs: what a plan measures, in which unit and direction. A KPI's targets are in target.cc.
#include <algorithm>
#include <array>
#include <set>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/quantity.h"
#include "services/base/status.h"
#include "services/catalog/domain/checks.h"
#include "services/catalog/domain/decision.h"
#include "services/catalog/domain/errors.h"
#include "services/catalog/domain/event.h"
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

absl::StatusOr<KpiRecord> FromProto(const FieldPath& field, const v1::Kpi& proto) {
  KpiRecord record;
  ASSIGN_OR_RETURN(NameInPlan name, ParseKpiName(FieldPath(field, "name"), proto.name()));
  ASSIGN_OR_RETURN(record.node, NodeIdIn(name.plan, FieldPath(field, "node"), proto.node()));
  record.title = proto.title();
  record.provisional_title = proto.provisional_title();
  record.unit = proto.unit();
  if (!type::v1::Direction_IsValid(proto.direction())) {
    return InvalidField(FieldPath(field, "direction").ToString(), expected::ENUM_VALUE,
                        {{"enum", type::v1::Direction_descriptor()->full_name()},
                         {"actual", static_cast<int>(proto.direction())}});
  }
  record.direction = proto.direction();
  record.direction_unconfirmed = proto.direction_unconfirmed();
  record.components = {proto.components().begin(), proto.components().end()};
  ASSIGN_OR_RETURN(record.baseline, ComponentValuesFromProto(FieldPath(field, "baseline"), proto.baseline()));
  if (proto.has_tolerance()) {
    ASSIGN_OR_RETURN(record.tolerance, DecimalFromProto(FieldPath(field, "tolerance"), proto.tolerance()));
  }
  ASSIGN_OR_RETURN(record.departments, DepartmentIds(FieldPath(field, "departments"), proto.departments()));
  record.order = proto.order();
  record.first_year = proto.first_year();
  if (record.first_year != 0) RETURN_IF_ERROR(CheckYear(FieldPath(field, "first_year"), record.first_year));
  record.retired_from_year = proto.retired_from_year();
  return record;
}

v1::Kpi ToProto(std::string_view plan, std::string_view kpi, const KpiRecord& record) {
  v1::Kpi proto;
  proto.set_name(KpiName(plan, kpi));
  proto.set_node(NodeName(plan, record.node));
  proto.set_title(record.title);
  proto.set_provisional_title(record.provisional_title);
  proto.set_unit(record.unit);
  proto.set_direction(record.direction);
  proto.mutable_components()->Add(record.components.begin(), record.components.end());
  for (const ComponentValue& value : record.baseline) *proto.add_baseline() = ToProto(value);
  if (record.tolerance) *proto.mutable_tolerance() = ToProto(*record.tolerance);
  AddDepartmentNames(record.departments, *proto.mutable_departments());
  proto.set_order(record.order);
  proto.set_retired_from_year(record.retired_from_year);
  proto.set_first_year(record.first_year);
  proto.set_direction_unconfirmed(record.direction_unconfirmed);
  return proto;
}

// Checks.

namespace {

template <typename Record>
absl::Status CheckYearOf(const std::string& resource, const Record& record, int reporting_year) {
  if (record.retired_from_year != 0 && reporting_year >= record.retired_from_year) {
    return errors::Retired(resource, record.retired_from_year);
  }
  if (reporting_year >= record.first_year) return absl::OkStatus();
  return errors::NotYetInForce(resource, record.first_year);
}

absl::Status CheckUnit(const FieldPath& field, const std::string& unit) {
  RETURN_IF_ERROR(CheckLabel(field, unit));
  const std::string base = ToBaseUnit({Decimal(0), unit}).unit;
  if (base == unit) return absl::OkStatus();
  return InvalidField(field.ToString(), expected::BASE_UNIT, {{"unit", base}, {"actual", unit}});
}

absl::Status CheckTolerance(const FieldPath& field, const KpiRecord& kpi) {
  if (kpi.direction != type::v1::DIRECTION_KEEP_WITHIN) {
    if (!kpi.tolerance) return absl::OkStatus();
    return InvalidField(field.ToString(), expected::NO_TOLERANCE);
  }
  if (!kpi.tolerance) return RequiredField(field.ToString());
  return kpi.tolerance->sign() >= 0 ? absl::OkStatus()
                                    : InvalidField(field.ToString(), expected::AT_LEAST,
                                                   {{"min", 0}, {"actual", kpi.tolerance->ToString()}});
}

absl::Status CheckComponents(const FieldPath& field, const std::vector<std::string>& components) {
  constexpr size_t kMaxComponents = 100;
  if (components.size() > kMaxComponents) {
    return InvalidField(field.ToString(), expected::AT_MOST_ITEMS,
                        {{"max", kMaxComponents}, {"actual", components.size()}});
  }
  std::set<std::string_view> seen;
  for (size_t i = 0; i < components.size(); ++i) {
    RETURN_IF_ERROR(CheckTitle(FieldPath(field, i), components[i], kMaxLabelBytes));
    if (!seen.insert(components[i]).second)
      return InvalidField(FieldPath(field, i).ToString(), expected::EACH_ONCE, {{"actual", components[i]}});
  }
  return absl::OkStatus();
}

// The KPI's node is one of the plan's.
absl::Status CheckNodeExists(const FieldPath& field, const View& view, const PlanAt& plan,
                             const KpiRecord& kpi) {
  if (view.FindNode(plan.id(), kpi.node)) return absl::OkStatus();
  return InvalidField(FieldPath(field, "node").ToString(), expected::EXISTING,
                      {{"actual", NodeName(plan.id(), kpi.node)}});
}

absl::Status CheckKpi(const FieldPath& field, const View& view, const PlanAt& plan, const KpiRecord& kpi) {
  RETURN_IF_ERROR(CheckTitle(FieldPath(field, "title"), kpi.title, kMaxTitleBytes));
  RETURN_IF_ERROR(CheckUnit(FieldPath(field, "unit"), kpi.unit));
  if (kpi.direction == type::v1::DIRECTION_UNSPECIFIED)
    return RequiredField(FieldPath(field, "direction").ToString());
  RETURN_IF_ERROR(CheckTolerance(FieldPath(field, "tolerance"), kpi));
  RETURN_IF_ERROR(CheckComponents(FieldPath(field, "components"), kpi.components));
  if (!kpi.baseline.empty()) RETURN_IF_ERROR(CheckValues(FieldPath(field, "baseline"), kpi, kpi.baseline));
  RETURN_IF_ERROR(CheckOrder(FieldPath(field, "order"), kpi.order));
  RETURN_IF_ERROR(CheckNodeExists(field, view, plan, kpi));
  RETURN_IF_ERROR(CheckFirstYear(field, kpi.first_year, kpi.retired_from_year));
  return CheckDepartments(field, view, kpi.departments);
}

// No target is lost to a later first year, the KPI's own or that of the node that it goes to.
absl::Status CheckTargetsKept(const View& view, const KpiAt& kpi, const KpiRecord& updated) {
  if (updated.first_year > kpi.record->first_year) {
    RETURN_IF_ERROR(CheckTargetsKept("kpi.first_year", view, kpi, updated.first_year));
  }
  if (updated.node == kpi.record->node) return absl::OkStatus();
  return CheckTargetsKept("kpi.node", view, kpi, view.FirstYear(*view.FindNode(kpi.plan(), updated.node)));
}

}  // namespace

absl::StatusOr<KpiAt> RequireKpi(const View& view, std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(NameInPlan kpi, ParseKpiName(field, name));
  if (auto found = view.FindKpi(kpi.plan, kpi.id)) return *found;
  return WithField(seisaku::errors::NotFound(name), field);
}

absl::Status CheckInForce(const View& view, const KpiAt& kpi, int reporting_year) {
  if (view.InForce(kpi, reporting_year)) return absl::OkStatus();
  RETURN_IF_ERROR(CheckYearOf(KpiName(kpi.plan(), kpi.id()), *kpi.record, reporting_year));
  for (const NodeAt& node : view.Path(kpi)) {
    RETURN_IF_ERROR(CheckYearOf(NodeName(node.plan(), node.id()), *node.record, reporting_year));
  }
  return absl::OkStatus();
}

// Decisions.

namespace {

// `record` where it is allowed, its baseline in the order of its components.
absl::StatusOr<KpiRecord> CheckedKpi(const View& view, const PlanAt& plan, KpiRecord record) {
  RETURN_IF_ERROR(CheckKpi("kpi", view, plan, record));
  record.baseline = InComponentOrder(record.components, std::move(record.baseline));
  return record;
}

bool Names(const google::protobuf::FieldMask& mask, std::string_view field) {
  return std::find(mask.paths().begin(), mask.paths().end(), field) != mask.paths().end();
}

Decided<v1::Kpi> CreateKpi(const Deciding& in, const v1::Kpi& proto) {
  ASSIGN_OR_RETURN(NameInPlan name, ParseKpiName("kpi.name", proto.name()));
  ASSIGN_OR_RETURN(KpiRecord record, FromProto("kpi", proto));
  ASSIGN_OR_RETURN(PlanAt plan, RequirePlan(in.view, "kpi.name", name.plan));
  if (record.retired_from_year != 0) {
    return InvalidField("kpi.retired_from_year", expected::SET_BY, {{"change", "retire_kpi"}});
  }
  auto existing = in.view.FindKpi(name.plan, name.id);
  if (record.order == 0) {
    record.order = existing ? existing->record->order : std::min(plan.slot->last_kpi_order + 1, kMaxOrder);
  }
  ASSIGN_OR_RETURN(record, CheckedKpi(in.view, plan, std::move(record)));
  RETURN_IF_ERROR(CheckPrinted("kpi.baseline", record.baseline));
  v1::Kpi created = ToProto(name.plan, name.id, record);
  if (!existing) return created;
  if (Same(created, ToProto(name.plan, name.id, *existing->record))) return std::nullopt;
  return seisaku::errors::AlreadyExists(proto.name());
}

Decided<v1::Kpi> UpdateKpi(const Deciding& in, const v1::UpdateKpi& update) {
  constexpr std::array<std::string_view, 12> kUpdatable = {
      "title",    "provisional_title", "unit",  "direction", "tolerance",  "components",
      "baseline", "departments",       "order", "node",      "first_year", "direction_unconfirmed"};
  const std::string& name = update.kpi().name();
  ASSIGN_OR_RETURN(KpiAt kpi, RequireKpi(in.view, "kpi.name", name));
  ASSIGN_OR_RETURN(PlanAt plan, RequirePlan(in.view, "kpi.name", kpi.plan()));
  RETURN_IF_ERROR(errors::CheckEtag(name, update.kpi().etag(), in.view.LastChange(kpi)));
  RETURN_IF_ERROR(CheckMask(update.update_mask(), kUpdatable));
  const v1::Kpi before = ToProto(kpi.plan(), kpi.id(), *kpi.record);
  v1::Kpi updated = before;
  TakeFields(update.update_mask(), update.kpi(), updated);
  // Naming a direction confirms it, unless the request also says that it is unconfirmed.
  if (Names(update.update_mask(), "direction") && !Names(update.update_mask(), "direction_unconfirmed")) {
    updated.clear_direction_unconfirmed();
  }
  ASSIGN_OR_RETURN(KpiRecord record, FromProto("kpi", updated));
  ASSIGN_OR_RETURN(record, CheckedKpi(in.view, plan, std::move(record)));
  if (Names(update.update_mask(), "baseline")) {
    RETURN_IF_ERROR(CheckPrinted("kpi.baseline", record.baseline));
  }
  RETURN_IF_ERROR(CheckTargetsKept(in.view, kpi, record));
  updated = ToProto(kpi.plan(), kpi.id(), record);
  if (Same(updated, before)) return std::nullopt;
  updated.clear_retired_from_year();
  return updated;
}

Decided<v1::Retired> RetireKpi(const Deciding& in, const v1::Retire& retire) {
  ASSIGN_OR_RETURN(KpiAt kpi, RequireKpi(in.view, "name", retire.name()));
  return DecideRetire(in, retire, in.view.LastChange(kpi), kpi.record->first_year,
                      kpi.record->retired_from_year);
}

}  // namespace

// Fold.

absl::StatusOr<KpiSlot*> Evolution::Kpi(std::string_view name) {
  ASSIGN_OR_RETURN(NameInPlan kpi, ParseKpiName("kpi", name));
  ASSIGN_OR_RETURN(PlanSlot * plan, Plan(PlanName(kpi.plan)));
  auto found = plan->kpis.find(kpi.id);
  if (found == plan->kpis.end()) return CannotBe(fmt::format("{} does not exist", name));
  return &found->second;
}

namespace {

absl::Status KpiCreated(Evolution& state, const v1::Kpi& proto) {
  ASSIGN_OR_RETURN(KpiRecord record, FromProto("kpi", proto));
  ASSIGN_OR_RETURN(NameInPlan name, ParseKpiName("kpi.name", proto.name()));
  ASSIGN_OR_RETURN(PlanSlot * plan, state.Plan(PlanName(name.plan)));
  if (plan->kpis.contains(name.id)) return CannotBe(fmt::format("{} is created a second time", proto.name()));
  RETURN_IF_ERROR(CheckNodeExists("kpi", state.before(), state.Present(*plan), record));
  RETURN_IF_ERROR(CheckDepartments("kpi", state.before(), record.departments));
  KpiSlot& kpi = state.Add(plan->kpis, name.id);
  kpi.plan = plan;
  state.LinkNew(plan->nodes.find(record.node)->second.kpis, kpi);
  state.LinkNew(plan->kpis_by_title[record.title], kpi);
  state.Raise(plan->last_kpi_order, record.order);
  state.Set(kpi.record, std::move(record));
  return absl::OkStatus();
}

absl::Status KpiUpdated(Evolution& state, const v1::Kpi& proto) {
  ASSIGN_OR_RETURN(KpiRecord record, FromProto("kpi", proto));
  ASSIGN_OR_RETURN(NameInPlan name, ParseKpiName("kpi.name", proto.name()));
  ASSIGN_OR_RETURN(PlanSlot * plan, state.Plan(PlanName(name.plan)));
  ASSIGN_OR_RETURN(KpiSlot * kpi, state.Kpi(proto.name()));
  if (record.retired_from_year != 0) return CannotBe("kpi_updated has a retirement");
  RETURN_IF_ERROR(CheckNodeExists("kpi", state.before(), state.Present(*plan), record));
  RETURN_IF_ERROR(CheckDepartments("kpi", state.before(), record.departments));
  record.retired_from_year = state.Now(*kpi).retired_from_year;
  state.Link(plan->nodes.find(record.node)->second.kpis, *kpi);
  state.Link(plan->kpis_by_title[record.title], *kpi);
  state.Raise(plan->last_kpi_order, record.order);
  state.Set(kpi->record, std::move(record));
  return absl::OkStatus();
}

absl::Status KpiRetired(Evolution& state, const v1::Retired& retired) {
  ASSIGN_OR_RETURN(KpiSlot * kpi, state.Kpi(retired.name()));
  return state.Retire(*kpi, retired);
}

}  // namespace

// What is shown.

Position View::LastChange(const KpiAt& kpi) const {
  Position last = kpi.slot->record.RevisionAt(size_)->position;
  for (const auto& [year, target] : kpi.slot->targets) {
    if (const auto* revision = target.RevisionAt(size_)) last = std::max(last, revision->position);
  }
  return last;
}

Position View::DirectionSetAt(const KpiAt& kpi) const {
  Position set_at = 0;
  std::optional<std::pair<type::v1::Direction, bool>> direction;  // and whether it is unconfirmed
  for (const auto& revision : kpi.slot->record.all()) {
    if (revision.position >= size_) break;
    const std::pair now(revision.value.direction, revision.value.direction_unconfirmed);
    if (direction != now) set_at = revision.position;
    direction = now;
  }
  return set_at;
}

v1::Kpi View::Render(const KpiAt& kpi) const {
  v1::Kpi proto = ToProto(kpi.plan(), kpi.id(), *kpi.record);
  for (const TargetAt& target : Targets(kpi)) *proto.add_targets() = Render(target);
  proto.set_etag(fmt::format("{}", LastChange(kpi)));
  return proto;
}

// The digest.

bool VisitKpis(RecordWalk& walk, const PlanSlot& plan) {
  return walk.InOrder(
      plan.kpis,
      [&](const KpiSlot& kpi) {
        return walk.Resource(KpiName(plan.id, kpi.id), kpi.record,
                             [&](const KpiRecord& record) { return ToProto(plan.id, kpi.id, record); });
      },
      [&](const KpiSlot& kpi) { return VisitTargets(walk, kpi); });
}

// Verbs.

absl::Span<const VerbRow> KpiVerbs() {
  static constexpr VerbRow kRows[] = {
      Row<CreateKpi, KpiCreated>(v1::Change::kCreateKpi, v1::Event::kKpiCreated, "kpi.name"),
      Row<UpdateKpi, KpiUpdated>(v1::Change::kUpdateKpi, v1::Event::kKpiUpdated, "kpi.name"),
      Row<RetireKpi, KpiRetired>(v1::Change::kRetireKpi, v1::Event::kKpiRetired, "name"),
  };
  return kRows;
}

}  // namespace seisaku::catalog
