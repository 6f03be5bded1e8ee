// Nodes: the tree of a plan, level by level. A node has a place, years in which it is part of the plan, and links to
// what serves it in other plans.
#include <algorithm>
#include <array>

#include "fmt/format.h"
#include "services/base/errors.h"
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

// Records.

absl::StatusOr<std::string> NodeIdIn(std::string_view plan, const FieldPath& field, std::string_view name) {
  ASSIGN_OR_RETURN(NameInPlan node, ParseNodeName(field, name));
  if (node.plan == plan) return std::move(node.id);
  return seisaku::errors::InvalidField(field.ToString(), expected::IN_PLAN,
                                       {{"plan", PlanName(plan)}, {"actual", name}});
}

absl::StatusOr<NodeRecord> FromProto(const FieldPath& field, const v1::Node& proto) {
  NodeRecord record;
  ASSIGN_OR_RETURN(NameInPlan name, ParseNodeName(FieldPath(field, "name"), proto.name()));
  if (!proto.parent().empty()) {
    ASSIGN_OR_RETURN(record.parent, NodeIdIn(name.plan, FieldPath(field, "parent"), proto.parent()));
  }
  record.level = proto.level();
  record.number = proto.number();
  record.order = proto.order();
  record.title = proto.title();
  record.provisional_title = proto.provisional_title();
  ASSIGN_OR_RETURN(record.departments, DepartmentIds(FieldPath(field, "departments"), proto.departments()));
  record.first_year = proto.first_year();
  if (record.first_year != 0) RETURN_IF_ERROR(CheckYear(FieldPath(field, "first_year"), record.first_year));
  record.retired_from_year = proto.retired_from_year();
  record.served_by = {proto.served_by().begin(), proto.served_by().end()};
  return record;
}

v1::Node ToProto(std::string_view plan, std::string_view node, const NodeRecord& record) {
  v1::Node proto;
  proto.set_name(NodeName(plan, node));
  if (!record.parent.empty()) proto.set_parent(NodeName(plan, record.parent));
  proto.set_level(record.level);
  proto.set_number(record.number);
  proto.set_order(record.order);
  proto.set_title(record.title);
  proto.set_provisional_title(record.provisional_title);
  AddDepartmentNames(record.departments, *proto.mutable_departments());
  proto.set_retired_from_year(record.retired_from_year);
  proto.set_first_year(record.first_year);
  proto.mutable_served_by()->Assign(record.served_by.begin(), record.served_by.end());
  return proto;
}

// Checks.

absl::Status CheckOrder(const FieldPath& field, uint32_t order) {
  if (order >= 1 && order <= kMaxOrder) return absl::OkStatus();
  return seisaku::errors::InvalidField(field.ToString(), expected::BETWEEN,
                                       {{"min", 1}, {"max", kMaxOrder}, {"actual", order}});
}

absl::Status CheckFirstYear(const FieldPath& field, int first_year, int retired_from_year) {
  if (retired_from_year == 0 || first_year <= retired_from_year) return absl::OkStatus();
  return seisaku::errors::InvalidField(
      FieldPath(field, "first_year").ToString(), expected::BETWEEN,
      {{"min", kFirstYear}, {"max", retired_from_year}, {"actual", first_year}});
}

absl::Status CheckTargetsKept(const FieldPath& field, const View& view, const NodeAt& node, int first_year) {
  if (first_year == 0) return absl::OkStatus();
  for (const TreeLine& line : view.Tree(node)) {
    if (line.kpi) RETURN_IF_ERROR(CheckTargetsKept(field, view, *line.kpi, first_year));
  }
  return absl::OkStatus();
}

namespace {

using seisaku::errors::InvalidField;
using seisaku::errors::RequiredField;

constexpr size_t kMaxLinks = 100;

// The node's parent is a node of the plan one level higher, or it has none and is of the highest level.
absl::Status CheckPlace(const FieldPath& field, const View& view, const PlanAt& plan,
                        const NodeRecord& node) {
  if (node.level >= plan.record->levels.size()) {
    return InvalidField(FieldPath(field, "level").ToString(), expected::BETWEEN,
                        {{"min", 0}, {"max", plan.record->levels.size() - 1}, {"actual", node.level}});
  }
  const FieldPath parent_field(field, "parent");
  if (node.parent.empty()) {
    if (node.level == 0) return absl::OkStatus();
    return InvalidField(parent_field.ToString(), expected::NODE_OF_LEVEL,
                        {{"needed", node.level - 1}, {"level", node.level}});
  }
  if (node.level == 0) return InvalidField(parent_field.ToString(), expected::EMPTY_AT_TOP);
  auto parent = view.FindNode(plan.id(), node.parent);
  if (!parent) {
    return InvalidField(parent_field.ToString(), expected::EXISTING,
                        {{"actual", NodeName(plan.id(), node.parent)}});
  }
  if (parent->record->level + 1 == node.level) return absl::OkStatus();
  return InvalidField(parent_field.ToString(), expected::NODE_OF_LEVEL,
                      {{"needed", node.level - 1}, {"level", node.level}});
}

absl::Status CheckNode(const FieldPath& field, const View& view, const PlanAt& plan, const NodeRecord& node) {
  RETURN_IF_ERROR(CheckTitle(FieldPath(field, "title"), node.title, kMaxTitleBytes));
  RETURN_IF_ERROR(CheckLabel(FieldPath(field, "number"), node.number));
  RETURN_IF_ERROR(CheckOrder(FieldPath(field, "order"), node.order));
  RETURN_IF_ERROR(CheckPlace(field, view, plan, node));
  RETURN_IF_ERROR(CheckFirstYear(field, node.first_year, node.retired_from_year));
  return CheckDepartments(field, view, node.departments);
}

// `name` is a KPI or a node of another plan.
absl::Status CheckServing(const FieldPath& field, const View& view, std::string_view plan,
                          std::string_view name) {
  if (name.empty()) return RequiredField(field.ToString());
  const auto kpi = ParseKpiName(field, name);
  const auto node = ParseNodeName(field, name);
  if (!kpi.ok() && !node.ok()) {
    return InvalidField(field.ToString(), expected::RESOURCE_NAME,
                        {{"form", "plans/{plan}/kpis/{kpi} | plans/{plan}/nodes/{node}"}, {"actual", name}});
  }
  if ((kpi.ok() ? kpi : node)->plan == plan) {
    return InvalidField(field.ToString(), expected::OTHER_THAN, {{"actual", PlanName(plan)}});
  }
  const bool exists = kpi.ok() ? view.FindKpi(kpi->plan, kpi->id).has_value()
                               : view.FindNode(node->plan, node->id).has_value();
  if (exists) return absl::OkStatus();
  return InvalidField(field.ToString(), expected::EXISTING, {{"actual", name}});
}

bool IsServedBy(const NodeRecord& node, std::string_view name) {
  return std::find(node.served_by.begin(), node.served_by.end(), name) != node.served_by.end();
}

// Decisions.

absl::StatusOr<NodeAt> RequireNode(const View& view, std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(NameInPlan node, ParseNodeName(field, name));
  if (auto found = view.FindNode(node.plan, node.id)) return *found;
  return WithField(seisaku::errors::NotFound(name), field);
}

// The place behind all siblings that a node of the plan ever had below `parent`.
uint32_t LastPlace(const View& view, const PlanAt& plan, std::string_view parent) {
  uint32_t last = plan.slot->last_root_order;
  if (!parent.empty()) {
    auto found = view.FindNode(plan.id(), parent);
    last = found ? found->slot->last_child_order : 0;
  }
  return std::min(last + 1, kMaxOrder);
}

Decided<v1::Node> CreateNode(const Deciding& in, const v1::Node& proto) {
  ASSIGN_OR_RETURN(NameInPlan name, ParseNodeName("node.name", proto.name()));
  ASSIGN_OR_RETURN(NodeRecord record, FromProto("node", proto));
  ASSIGN_OR_RETURN(PlanAt plan, RequirePlan(in.view, "node.name", name.plan));
  if (record.retired_from_year != 0) {
    return InvalidField("node.retired_from_year", expected::SET_BY, {{"change", "retire_node"}});
  }
  if (!record.served_by.empty()) {
    return InvalidField("node.served_by", expected::SET_BY, {{"change", "link_node"}});
  }
  auto existing = in.view.FindNode(name.plan, name.id);
  if (record.order == 0) {
    record.order = existing ? existing->record->order : LastPlace(in.view, plan, record.parent);
  }
  RETURN_IF_ERROR(CheckNode("node", in.view, plan, record));
  v1::Node created = ToProto(name.plan, name.id, record);
  if (!existing) return created;
  v1::Node before = ToProto(name.plan, name.id, *existing->record);
  before.clear_served_by();
  if (Same(created, before)) return std::nullopt;
  return seisaku::errors::AlreadyExists(proto.name());
}

Decided<v1::Node> UpdateNode(const Deciding& in, const v1::UpdateNode& update) {
  constexpr std::array<std::string_view, 6> kUpdatable = {"number", "title",       "provisional_title",
                                                          "order",  "departments", "first_year"};
  const std::string& name = update.node().name();
  ASSIGN_OR_RETURN(NodeAt node, RequireNode(in.view, "node.name", name));
  ASSIGN_OR_RETURN(PlanAt plan, RequirePlan(in.view, "node.name", node.plan()));
  RETURN_IF_ERROR(errors::CheckEtag(name, update.node().etag(), in.view.LastChange(node)));
  RETURN_IF_ERROR(CheckMask(update.update_mask(), kUpdatable));
  const v1::Node before = ToProto(node.plan(), node.id(), *node.record);
  v1::Node updated = before;
  TakeFields(update.update_mask(), update.node(), updated);
  ASSIGN_OR_RETURN(NodeRecord record, FromProto("node", updated));
  RETURN_IF_ERROR(CheckNode("node", in.view, plan, record));
  if (record.first_year > node.record->first_year) {
    RETURN_IF_ERROR(CheckTargetsKept("node.first_year", in.view, node, record.first_year));
  }
  if (Same(updated, before)) return std::nullopt;
  updated.clear_parent();
  updated.clear_retired_from_year();
  updated.clear_served_by();
  return updated;
}

Decided<v1::NodeMoved> MoveNode(const Deciding& in, const v1::MoveNode& move) {
  ASSIGN_OR_RETURN(NodeAt node, RequireNode(in.view, "name", move.name()));
  ASSIGN_OR_RETURN(PlanAt plan, RequirePlan(in.view, "name", node.plan()));
  RETURN_IF_ERROR(errors::CheckEtag(move.name(), move.etag(), in.view.LastChange(node)));
  if (move.parent() == move.name()) {
    return InvalidField("move.parent", expected::OTHER_THAN, {{"actual", move.name()}});
  }
  v1::Node node_there = ToProto(node.plan(), node.id(), *node.record);
  node_there.set_parent(move.parent());
  ASSIGN_OR_RETURN(NodeRecord record, FromProto("move", node_there));
  bool stays = record.parent == node.record->parent;
  record.order = move.order() != 0 ? move.order()
                 : stays           ? node.record->order
                                   : LastPlace(in.view, plan, record.parent);
  RETURN_IF_ERROR(CheckOrder("move.order", record.order));
  RETURN_IF_ERROR(CheckPlace("move", in.view, plan, record));
  if (auto parent = in.view.FindNode(plan.id(), record.parent); parent && !stays) {
    RETURN_IF_ERROR(CheckTargetsKept("move.parent", in.view, node, in.view.FirstYear(*parent)));
  }
  if (stays && record.order == node.record->order) return std::nullopt;
  v1::NodeMoved moved;
  moved.set_name(move.name());
  moved.set_parent(move.parent());
  moved.set_order(record.order);
  return moved;
}

Decided<v1::Retired> RetireNode(const Deciding& in, const v1::Retire& retire) {
  ASSIGN_OR_RETURN(NodeAt node, RequireNode(in.view, "name", retire.name()));
  return DecideRetire(in, retire, in.view.LastChange(node), node.record->first_year,
                      node.record->retired_from_year);
}

Decided<v1::NodeLinked> LinkNode(const Deciding& in, const v1::LinkNode& link) {
  ASSIGN_OR_RETURN(NodeAt node, RequireNode(in.view, "name", link.name()));
  RETURN_IF_ERROR(errors::CheckEtag(link.name(), link.etag(), in.view.LastChange(node)));
  RETURN_IF_ERROR(CheckServing("served_by", in.view, node.plan(), link.served_by()));
  if (IsServedBy(*node.record, link.served_by())) return std::nullopt;
  if (!in.has_reason) return RequiredField("reason");
  if (node.record->served_by.size() >= kMaxLinks) {
    return InvalidField("served_by", expected::AT_MOST_ITEMS,
                        {{"max", kMaxLinks}, {"actual", node.record->served_by.size() + 1}});
  }
  v1::NodeLinked linked;
  linked.set_name(link.name());
  linked.set_served_by(link.served_by());
  return linked;
}

Decided<v1::NodeUnlinked> UnlinkNode(const Deciding& in, const v1::UnlinkNode& link) {
  ASSIGN_OR_RETURN(NodeAt node, RequireNode(in.view, "name", link.name()));
  RETURN_IF_ERROR(errors::CheckEtag(link.name(), link.etag(), in.view.LastChange(node)));
  RETURN_IF_ERROR(CheckServing("served_by", in.view, node.plan(), link.served_by()));
  if (!IsServedBy(*node.record, link.served_by())) return std::nullopt;
  if (!in.has_reason) return RequiredField("reason");
  v1::NodeUnlinked unlinked;
  unlinked.set_name(link.name());
  unlinked.set_served_by(link.served_by());
  return unlinked;
}

}  // namespace

// Fold.

absl::StatusOr<NodeSlot*> Evolution::Node(std::string_view name) {
  ASSIGN_OR_RETURN(NameInPlan node, ParseNodeName("node", name));
  ASSIGN_OR_RETURN(PlanSlot * plan, Plan(PlanName(node.plan)));
  auto found = plan->nodes.find(node.id);
  if (found == plan->nodes.end()) return CannotBe(fmt::format("{} does not exist", name));
  return &found->second;
}

namespace {

// The list of siblings that `record` stands in, and the greatest order given there.
std::pair<std::vector<NodeSlot*>*, uint32_t*> Siblings(PlanSlot& plan, const NodeRecord& record) {
  if (record.parent.empty()) return {&plan.roots, &plan.last_root_order};
  NodeSlot& parent = plan.nodes.find(record.parent)->second;
  return {&parent.children, &parent.last_child_order};
}

absl::Status NodeCreated(Evolution& state, const v1::Node& proto) {
  ASSIGN_OR_RETURN(NodeRecord record, FromProto("node", proto));
  ASSIGN_OR_RETURN(NameInPlan name, ParseNodeName("node.name", proto.name()));
  ASSIGN_OR_RETURN(PlanSlot * plan, state.Plan(PlanName(name.plan)));
  if (plan->nodes.contains(name.id))
    return CannotBe(fmt::format("{} is created a second time", proto.name()));
  if (!record.served_by.empty()) return CannotBe("node_created has links");
  RETURN_IF_ERROR(CheckPlace("node", state.before(), state.Present(*plan), record));
  RETURN_IF_ERROR(CheckDepartments("node", state.before(), record.departments));
  NodeSlot& node = state.Add(plan->nodes, name.id);
  node.plan = plan;
  auto [siblings, last_order] = Siblings(*plan, record);
  state.LinkNew(*siblings, node);
  state.Raise(*last_order, record.order);
  state.Set(node.record, std::move(record));
  return absl::OkStatus();
}

absl::Status NodeUpdated(Evolution& state, const v1::Node& proto) {
  ASSIGN_OR_RETURN(NodeRecord record, FromProto("node", proto));
  ASSIGN_OR_RETURN(NameInPlan name, ParseNodeName("node.name", proto.name()));
  ASSIGN_OR_RETURN(NodeSlot * node, state.Node(proto.name()));
  const NodeRecord& now = state.Now(*node);
  if (!record.parent.empty() || record.retired_from_year != 0 || !record.served_by.empty()) {
    return CannotBe("node_updated has a parent, a retirement or links");
  }
  if (record.level != now.level) return CannotBe("node_updated has another level");
  RETURN_IF_ERROR(CheckDepartments("node", state.before(), record.departments));
  record.parent = now.parent;
  record.retired_from_year = now.retired_from_year;
  record.served_by = now.served_by;
  ASSIGN_OR_RETURN(PlanSlot * plan, state.Plan(PlanName(name.plan)));
  state.Raise(*Siblings(*plan, record).second, record.order);
  state.Set(node->record, std::move(record));
  return absl::OkStatus();
}

absl::Status NodeMoved(Evolution& state, const v1::NodeMoved& moved) {
  ASSIGN_OR_RETURN(NameInPlan name, ParseNodeName("name", moved.name()));
  ASSIGN_OR_RETURN(PlanSlot * plan, state.Plan(PlanName(name.plan)));
  ASSIGN_OR_RETURN(NodeSlot * node, state.Node(moved.name()));
  NodeRecord record = state.Now(*node);
  record.parent.clear();
  if (!moved.parent().empty()) {
    ASSIGN_OR_RETURN(NameInPlan parent, ParseNodeName("parent", moved.parent()));
    if (parent.plan != name.plan) return CannotBe("a node moved to another plan");
    record.parent = parent.id;
  }
  record.order = moved.order();
  RETURN_IF_ERROR(CheckPlace("node", state.before(), state.Present(*plan), record));
  auto [siblings, last_order] = Siblings(*plan, record);
  state.Link(*siblings, *node);
  state.Raise(*last_order, record.order);
  state.Set(node->record, std::move(record));
  return absl::OkStatus();
}

absl::Status NodeRetired(Evolution& state, const v1::Retired& retired) {
  ASSIGN_OR_RETURN(NodeSlot * node, state.Node(retired.name()));
  return state.Retire(*node, retired);
}

absl::Status NodeLinked(Evolution& state, const v1::NodeLinked& linked) {
  ASSIGN_OR_RETURN(NameInPlan name, ParseNodeName("name", linked.name()));
  ASSIGN_OR_RETURN(NodeSlot * node, state.Node(linked.name()));
  RETURN_IF_ERROR(CheckServing("served_by", state.before(), name.plan, linked.served_by()));
  NodeRecord record = state.Now(*node);
  if (IsServedBy(record, linked.served_by())) return CannotBe("a node is linked a second time");
  record.served_by.push_back(linked.served_by());
  state.Set(node->record, std::move(record));
  return absl::OkStatus();
}

absl::Status NodeUnlinked(Evolution& state, const v1::NodeUnlinked& unlinked) {
  ASSIGN_OR_RETURN(NodeSlot * node, state.Node(unlinked.name()));
  NodeRecord record = state.Now(*node);
  if (std::erase(record.served_by, unlinked.served_by()) == 0) return CannotBe("there is no such link");
  state.Set(node->record, std::move(record));
  return absl::OkStatus();
}

}  // namespace

// What is shown.

Position View::LastChange(const NodeAt& node) const { return node.slot->record.RevisionAt(size_)->position; }

v1::Node View::Render(const NodeAt& node) const {
  v1::Node proto = ToProto(node.plan(), node.id(), *node.record);
  proto.set_etag(fmt::format("{}", LastChange(node)));
  return proto;
}

// The digest.

bool VisitNodes(RecordWalk& walk, const PlanSlot& plan) {
  return walk.InOrder(
      plan.nodes,
      [&](const NodeSlot& node) {
        return walk.Resource(NodeName(plan.id, node.id), node.record,
                             [&](const NodeRecord& record) { return ToProto(plan.id, node.id, record); });
      },
      [](const NodeSlot&) { return true; });
}

// Verbs.

absl::Span<const VerbRow> NodeVerbs() {
  static constexpr VerbRow kRows[] = {
      Row<CreateNode, NodeCreated>(v1::Change::kCreateNode, v1::Event::kNodeCreated, "node.name"),
      Row<UpdateNode, NodeUpdated>(v1::Change::kUpdateNode, v1::Event::kNodeUpdated, "node.name"),
      Row<MoveNode, NodeMoved>(v1::Change::kMoveNode, v1::Event::kNodeMoved, "name"),
      Row<RetireNode, NodeRetired>(v1::Change::kRetireNode, v1::Event::kNodeRetired, "name"),
      Row<LinkNode, NodeLinked>(v1::Change::kLinkNode, v1::Event::kNodeLinked, "name"),
      Row<UnlinkNode, NodeUnlinked>(v1::Change::kUnlinkNode, v1::Event::kNodeUnlinked, "name"),
  };
  return kRows;
}

}  // namespace seisaku::catalog
