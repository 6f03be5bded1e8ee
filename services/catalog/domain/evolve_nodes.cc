// Evolution: nodes, KPIs and targets.
#include "fmt/format.h"
#include "services/base/status.h"
#include "services/catalog/domain/checks.h"
#include "services/catalog/domain/event.h"
#include "services/catalog/domain/evolution.h"

namespace seisaku::catalog {
absl::Status Evolution::KpiCreated(const v1::Kpi& proto) {
  ASSIGN_OR_RETURN(KpiRecord record, FromProto("kpi", proto));
  ASSIGN_OR_RETURN(NameInPlan name, ParseKpiName("kpi.name", proto.name()));
  ASSIGN_OR_RETURN(PlanSlot * plan, Plan(PlanName(name.plan)));
  if (plan->kpis.contains(name.id)) return CannotBe(fmt::format("{} is created a second time", proto.name()));
  RETURN_IF_ERROR(CheckNodeExists("kpi", before_, Present(*plan), record));
  RETURN_IF_ERROR(CheckDepartments("kpi", before_, record.departments));
  KpiSlot& kpi = Add(plan->kpis, name.id);
  kpi.plan = plan;
  LinkNew(plan->nodes.find(record.node)->second.kpis, kpi);
  LinkNew(plan->kpis_by_title[record.title], kpi);
  Raise(plan->last_kpi_order, record.order);
  Set(kpi.record, std::move(record));
  return absl::OkStatus();
}

absl::Status Evolution::KpiUpdated(const v1::Kpi& proto) {
  ASSIGN_OR_RETURN(KpiRecord record, FromProto("kpi", proto));
  ASSIGN_OR_RETURN(NameInPlan name, ParseKpiName("kpi.name", proto.name()));
  ASSIGN_OR_RETURN(PlanSlot * plan, Plan(PlanName(name.plan)));
  ASSIGN_OR_RETURN(KpiSlot * kpi, Kpi(proto.name()));
  if (record.retired_from_year != 0) return CannotBe("kpi_updated has a retirement");
  RETURN_IF_ERROR(CheckNodeExists("kpi", before_, Present(*plan), record));
  RETURN_IF_ERROR(CheckDepartments("kpi", before_, record.departments));
  record.retired_from_year = Now(*kpi).retired_from_year;
  Link(plan->nodes.find(record.node)->second.kpis, *kpi);
  Link(plan->kpis_by_title[record.title], *kpi);
  Raise(plan->last_kpi_order, record.order);
  Set(kpi->record, std::move(record));
  return absl::OkStatus();
}

absl::Status Evolution::KpiRetired(const v1::Retired& retired) {
  ASSIGN_OR_RETURN(KpiSlot * kpi, Kpi(retired.name()));
  RETURN_IF_ERROR(CheckYear("from_year", retired.from_year()));
  KpiRecord record = Now(*kpi);
  record.retired_from_year = retired.from_year();
  Set(kpi->record, std::move(record));
  return absl::OkStatus();
}

absl::Status Evolution::TargetSet(const v1::TargetSet& set) {
  ASSIGN_OR_RETURN(TargetRecord target, FromProto("target", set.target()));
  ASSIGN_OR_RETURN(KpiSlot * kpi, Kpi(set.kpi()));
  Set(kpi->targets[set.target().reporting_year()], std::move(target));
  return absl::OkStatus();
}

}  // namespace seisaku::catalog
