// Evolution: nodes, KPIs and targets.
#include "fmt/format.h"
#include "services/base/status.h"
#include "services/catalog/domain/checks.h"
#include "services/catalog/domain/event.h"
#include "services/catalog/domain/evolution.h"

namespace seisaku::catalog {
namespace {

PlanAt Present(const PlanSlot& plan, Position position) { return {&plan, plan.record.At(position)}; }

}  // namespace

std::pair<std::vector<NodeSlot*>*, uint32_t*> Evolution::Siblings(PlanSlot& plan, const NodeRecord& record) {
  if (record.parent.empty()) return {&plan.roots, &plan.last_root_order};
  NodeSlot& parent = plan.nodes.find(record.parent)->second;
  return {&parent.children, &parent.last_child_order};
}

absl::Status Evolution::NodeCreated(const v1::Node& proto) {
  ASSIGN_OR_RETURN(NodeRecord record, FromProto("node", proto));
  ASSIGN_OR_RETURN(NameInPlan name, ParseNodeName("node.name", proto.name()));
  ASSIGN_OR_RETURN(PlanSlot * plan, Plan(PlanName(name.plan)));
  if (plan->nodes.contains(name.id))
    return CannotBe(fmt::format("{} is created a second time", proto.name()));
  RETURN_IF_ERROR(CheckPlace("node", before_, Present(*plan, position_), record));
  RETURN_IF_ERROR(CheckDepartments("node", before_, record.departments));
  NodeSlot& node = Add(plan->nodes, name.id);
  node.plan = plan;
  auto [siblings, last_order] = Siblings(*plan, record);
  LinkNew(*siblings, node);
  Raise(*last_order, record.order);
  Set(node.record, std::move(record));
  return absl::OkStatus();
}

absl::Status Evolution::NodeUpdated(const v1::Node& proto) {
  ASSIGN_OR_RETURN(NodeRecord record, FromProto("node", proto));
  ASSIGN_OR_RETURN(NameInPlan name, ParseNodeName("node.name", proto.name()));
  ASSIGN_OR_RETURN(NodeSlot * node, Node(proto.name()));
  const NodeRecord& now = Now(*node);
  if (!record.parent.empty() || record.retired_from_year != 0) {
    return CannotBe("node_updated has a parent or a retirement");
  }
  if (record.level != now.level) return CannotBe("node_updated has another level");
  RETURN_IF_ERROR(CheckDepartments("node", before_, record.departments));
  record.parent = now.parent;
  record.retired_from_year = now.retired_from_year;
  ASSIGN_OR_RETURN(PlanSlot * plan, Plan(PlanName(name.plan)));
  Raise(*Siblings(*plan, record).second, record.order);
  Set(node->record, std::move(record));
  return absl::OkStatus();
}

absl::Status Evolution::NodeMoved(const v1::NodeMoved& moved) {
  ASSIGN_OR_RETURN(NameInPlan name, ParseNodeName("name", moved.name()));
  ASSIGN_OR_RETURN(PlanSlot * plan, Plan(PlanName(name.plan)));
  ASSIGN_OR_RETURN(NodeSlot * node, Node(moved.name()));
  NodeRecord record = Now(*node);
  record.parent.clear();
  if (!moved.parent().empty()) {
    ASSIGN_OR_RETURN(NameInPlan parent, ParseNodeName("parent", moved.parent()));
    if (parent.plan != name.plan) return CannotBe("a node moved to another plan");
    record.parent = parent.id;
  }
  record.order = moved.order();
  RETURN_IF_ERROR(CheckPlace("node", before_, Present(*plan, position_), record));
  auto [siblings, last_order] = Siblings(*plan, record);
  Link(*siblings, *node);
  Raise(*last_order, record.order);
  Set(node->record, std::move(record));
  return absl::OkStatus();
}

absl::Status Evolution::NodeRetired(const v1::Retired& retired) {
  ASSIGN_OR_RETURN(NodeSlot * node, Node(retired.name()));
  RETURN_IF_ERROR(CheckYear("from_year", retired.from_year()));
  NodeRecord record = Now(*node);
  record.retired_from_year = retired.from_year();
  Set(node->record, std::move(record));
  return absl::OkStatus();
}

absl::Status Evolution::KpiCreated(const v1::Kpi& proto) {
  ASSIGN_OR_RETURN(KpiRecord record, FromProto("kpi", proto));
  ASSIGN_OR_RETURN(NameInPlan name, ParseKpiName("kpi.name", proto.name()));
  ASSIGN_OR_RETURN(PlanSlot * plan, Plan(PlanName(name.plan)));
  if (plan->kpis.contains(name.id)) return CannotBe(fmt::format("{} is created a second time", proto.name()));
  RETURN_IF_ERROR(CheckNodeExists("kpi", before_, Present(*plan, position_), record));
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
  RETURN_IF_ERROR(CheckNodeExists("kpi", before_, Present(*plan, position_), record));
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
