// Decisions on KPIs and their targets.
#include <algorithm>
#include <array>

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/checks.h"
#include "services/catalog/domain/decision.h"
#include "services/catalog/domain/errors.h"
#include "services/catalog/domain/names.h"

namespace seisaku::catalog {
namespace {

constexpr std::array<std::string_view, 12> kUpdatable = {
    "title",    "provisional_title", "unit",  "direction", "tolerance",  "components",
    "baseline", "departments",       "order", "node",      "first_year", "direction_unconfirmed"};

// A KPI read from `proto`, its baseline in the order of its components.
absl::StatusOr<KpiRecord> CheckedKpi(const View& view, const PlanAt& plan, KpiRecord record) {
  RETURN_IF_ERROR(CheckKpi("kpi", view, plan, record));
  record.baseline = InComponentOrder(record.components, std::move(record.baseline));
  return record;
}

bool Names(const google::protobuf::FieldMask& mask, std::string_view field) {
  return std::find(mask.paths().begin(), mask.paths().end(), field) != mask.paths().end();
}

// Without observed periods that are the reporting year itself, as value.proto asks.
TargetRecord WithoutOwnYear(int reporting_year, TargetRecord target) {
  const ObservedPeriod own{ObservedPeriod::Kind::kFiscalYear, reporting_year};
  for (ComponentValue& value : target.values) {
    if (value.value.observed_period == own) value.value.observed_period.reset();
  }
  return target;
}

// That no target is lost to a later beginning, the KPI's own or that of the node that it goes to.
absl::Status CheckTargetsKept(const View& view, const KpiAt& kpi, const KpiRecord& updated) {
  if (updated.first_year > kpi.record->first_year) {
    RETURN_IF_ERROR(CheckTargetsKept("kpi.first_year", view, kpi, updated.first_year));
  }
  if (updated.node == kpi.record->node) return absl::OkStatus();
  return CheckTargetsKept("kpi.node", view, kpi, view.FirstYear(*view.FindNode(kpi.plan(), updated.node)));
}

}  // namespace

Decision CreateKpi(const View& view, const v1::Kpi& proto) {
  ASSIGN_OR_RETURN(NameInPlan name, ParseKpiName("kpi.name", proto.name()));
  ASSIGN_OR_RETURN(KpiRecord record, FromProto("kpi", proto));
  ASSIGN_OR_RETURN(PlanAt plan, RequirePlan(view, "kpi.name", name.plan));
  if (record.retired_from_year != 0) {
    return seisaku::errors::InvalidField("kpi.retired_from_year", expected::SET_BY,
                                         {{"change", "retire_kpi"}});
  }
  auto existing = view.FindKpi(name.plan, name.id);
  if (record.order == 0) {
    record.order = existing ? existing->record->order : std::min(plan.slot->last_kpi_order + 1, kMaxOrder);
  }
  ASSIGN_OR_RETURN(record, CheckedKpi(view, plan, std::move(record)));
  RETURN_IF_ERROR(CheckPrinted("kpi.baseline", record.baseline));
  v1::Event event;
  *event.mutable_kpi_created() = ToProto(name.plan, name.id, record);
  if (!existing) return event;
  if (Same(event.kpi_created(), ToProto(name.plan, name.id, *existing->record))) return std::nullopt;
  return seisaku::errors::AlreadyExists(proto.name());
}

Decision UpdateKpi(const View& view, const v1::UpdateKpi& update) {
  const std::string& name = update.kpi().name();
  ASSIGN_OR_RETURN(KpiAt kpi, RequireKpi(view, "kpi.name", name));
  ASSIGN_OR_RETURN(PlanAt plan, RequirePlan(view, "kpi.name", kpi.plan()));
  RETURN_IF_ERROR(errors::CheckEtag(name, update.kpi().etag(), view.LastChange(kpi)));
  RETURN_IF_ERROR(CheckMask(update.update_mask(), kUpdatable));
  v1::Kpi before = ToProto(kpi.plan(), kpi.id(), *kpi.record);
  v1::Kpi updated = before;
  TakeFields(update.update_mask(), update.kpi(), updated);
  // Who names a direction confirms it, unless they say that it is only proposed.
  if (Names(update.update_mask(), "direction") && !Names(update.update_mask(), "direction_unconfirmed")) {
    updated.clear_direction_unconfirmed();
  }
  ASSIGN_OR_RETURN(KpiRecord record, FromProto("kpi", updated));
  ASSIGN_OR_RETURN(record, CheckedKpi(view, plan, std::move(record)));
  if (Names(update.update_mask(), "baseline")) {
    RETURN_IF_ERROR(CheckPrinted("kpi.baseline", record.baseline));
  }
  RETURN_IF_ERROR(CheckTargetsKept(view, kpi, record));
  v1::Event event;
  *event.mutable_kpi_updated() = ToProto(kpi.plan(), kpi.id(), record);
  if (Same(event.kpi_updated(), before)) return std::nullopt;
  event.mutable_kpi_updated()->clear_retired_from_year();
  return event;
}

Decision RetireKpi(const View& view, const v1::Retire& retire, bool has_reason) {
  ASSIGN_OR_RETURN(KpiAt kpi, RequireKpi(view, "name", retire.name()));
  ASSIGN_OR_RETURN(bool retires, CheckRetire(retire, has_reason, view.LastChange(kpi), kpi.record->first_year,
                                             kpi.record->retired_from_year));
  if (!retires) return std::nullopt;
  v1::Event event;
  event.mutable_kpi_retired()->set_name(retire.name());
  event.mutable_kpi_retired()->set_from_year(retire.from_year());
  return event;
}

Decision SetTarget(const View& view, const v1::SetTarget& set, bool has_reason) {
  ASSIGN_OR_RETURN(KpiAt kpi, RequireKpi(view, "kpi", set.kpi()));
  RETURN_IF_ERROR(errors::CheckEtag(set.kpi(), set.etag(), view.LastChange(kpi)));
  ASSIGN_OR_RETURN(TargetRecord target, FromProto("target", set.target()));
  RETURN_IF_ERROR(CheckValues("target.values", *kpi.record, target.values));
  RETURN_IF_ERROR(CheckPrinted("target.values", target.values));
  int year = set.target().reporting_year();
  RETURN_IF_ERROR(WithField(CheckInForce(view, kpi, year), "target.reporting_year"));
  target.values = InComponentOrder(kpi.record->components, std::move(target.values));
  target = WithoutOwnYear(year, std::move(target));
  v1::Event event;
  event.mutable_target_set()->set_kpi(set.kpi());
  *event.mutable_target_set()->mutable_target() = ToProto(year, target);
  auto in_force = view.Target(kpi, year);
  // Earlier builds kept the reporting year as an observed period.
  const auto same = [&](const TargetRecord& other) {
    return Same(event.target_set().target(), ToProto(year, WithoutOwnYear(year, other)));
  };
  if (in_force && same(*in_force->record)) return std::nullopt;
  if (in_force && !has_reason) return seisaku::errors::RequiredField("reason");
  return event;
}

}  // namespace seisaku::catalog
