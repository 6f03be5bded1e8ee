// Decisions on nodes.
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

constexpr std::array<std::string_view, 6> kUpdatable = {"number", "title",       "provisional_title",
                                                        "order",  "departments", "first_year"};

// The place behind all siblings that a node of the plan ever had below `parent`.
uint32_t LastPlace(const View& view, const PlanAt& plan, std::string_view parent) {
  uint32_t last = plan.slot->last_root_order;
  if (!parent.empty()) {
    auto found = view.FindNode(plan.id(), parent);
    last = found ? found->slot->last_child_order : 0;
  }
  return std::min(last + 1, kMaxOrder);
}

}  // namespace

Decision CreateNode(const View& view, const v1::Node& proto) {
  ASSIGN_OR_RETURN(NameInPlan name, ParseNodeName("node.name", proto.name()));
  ASSIGN_OR_RETURN(NodeRecord record, FromProto("node", proto));
  ASSIGN_OR_RETURN(PlanAt plan, RequirePlan(view, "node.name", name.plan));
  if (record.retired_from_year != 0) {
    return seisaku::errors::InvalidField("node.retired_from_year", expected::SET_BY,
                                         {{"change", "retire_node"}});
  }
  auto existing = view.FindNode(name.plan, name.id);
  if (record.order == 0) {
    record.order = existing ? existing->record->order : LastPlace(view, plan, record.parent);
  }
  RETURN_IF_ERROR(CheckNode("node", view, plan, record));
  v1::Event event;
  *event.mutable_node_created() = ToProto(name.plan, name.id, record);
  if (!existing) return event;
  if (Same(event.node_created(), ToProto(name.plan, name.id, *existing->record))) return std::nullopt;
  return seisaku::errors::AlreadyExists(proto.name());
}

Decision UpdateNode(const View& view, const v1::UpdateNode& update) {
  const std::string& name = update.node().name();
  ASSIGN_OR_RETURN(NodeAt node, RequireNode(view, "node.name", name));
  ASSIGN_OR_RETURN(PlanAt plan, RequirePlan(view, "node.name", node.plan()));
  RETURN_IF_ERROR(errors::CheckEtag(name, update.node().etag(), view.LastChange(node)));
  RETURN_IF_ERROR(CheckMask(update.update_mask(), kUpdatable));
  v1::Node before = ToProto(node.plan(), node.id(), *node.record);
  v1::Event event;
  v1::Node& updated = *event.mutable_node_updated();
  updated = before;
  TakeFields(update.update_mask(), update.node(), updated);
  ASSIGN_OR_RETURN(NodeRecord record, FromProto("node", updated));
  RETURN_IF_ERROR(CheckNode("node", view, plan, record));
  if (record.first_year > node.record->first_year) {
    RETURN_IF_ERROR(CheckTargetsKept("node.first_year", view, node, record.first_year));
  }
  if (Same(updated, before)) return std::nullopt;
  updated.clear_parent();
  updated.clear_retired_from_year();
  return event;
}

Decision MoveNode(const View& view, const v1::MoveNode& move) {
  ASSIGN_OR_RETURN(NodeAt node, RequireNode(view, "name", move.name()));
  ASSIGN_OR_RETURN(PlanAt plan, RequirePlan(view, "name", node.plan()));
  RETURN_IF_ERROR(errors::CheckEtag(move.name(), move.etag(), view.LastChange(node)));
  if (move.parent() == move.name()) {
    return seisaku::errors::InvalidField("move.parent", expected::OTHER_THAN, {{"actual", move.name()}});
  }
  v1::Node moved = ToProto(node.plan(), node.id(), *node.record);
  moved.set_parent(move.parent());
  ASSIGN_OR_RETURN(NodeRecord record, FromProto("move", moved));
  bool stays = record.parent == node.record->parent;
  record.order = move.order() != 0 ? move.order()
                 : stays           ? node.record->order
                                   : LastPlace(view, plan, record.parent);
  RETURN_IF_ERROR(CheckOrder("move.order", record.order));
  RETURN_IF_ERROR(CheckPlace("move", view, plan, record));
  if (auto parent = view.FindNode(plan.id(), record.parent); parent && !stays) {
    RETURN_IF_ERROR(CheckTargetsKept("move.parent", view, node, view.FirstYear(*parent)));
  }
  if (stays && record.order == node.record->order) return std::nullopt;
  v1::Event event;
  event.mutable_node_moved()->set_name(move.name());
  event.mutable_node_moved()->set_parent(move.parent());
  event.mutable_node_moved()->set_order(record.order);
  return event;
}

Decision RetireNode(const View& view, const v1::Retire& retire, bool has_reason) {
  ASSIGN_OR_RETURN(NodeAt node, RequireNode(view, "name", retire.name()));
  ASSIGN_OR_RETURN(bool retires, CheckRetire(retire, has_reason, view.LastChange(node),
                                             node.record->first_year, node.record->retired_from_year));
  if (!retires) return std::nullopt;
  v1::Event event;
  event.mutable_node_retired()->set_name(retire.name());
  event.mutable_node_retired()->set_from_year(retire.from_year());
  return event;
}

}  // namespace seisaku::catalog
