#include "tools/policyctl/import/node_updates.h"

#include <map>
#include <utility>

#include "fmt/format.h"
#include "tools/policyctl/import/document_order.h"
#include "tools/policyctl/import/node_matching.h"

namespace seisaku::policyctl::imports {
namespace {

using catalog::v1::Node;

class Updates {
 public:
  Updates(const ExistingPlan& plan, const std::vector<PrintedNode>& nodes, bool follows, ImportDraft& draft)
      : plan_(plan), nodes_(nodes), follows_(follows), draft_(draft) {
    for (const Node& node : plan.nodes) existing_[node.name()] = &node;
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (!nodes[i].name.empty()) printed_.emplace(nodes[i].name, i);
    }
  }

  void Run() && {
    for (const PrintedNode& node : nodes_) {
      const auto found = existing_.find(node.name);
      if (found == existing_.end()) continue;
      if (node.new_title) SetTitle(node, *found->second);
      CompareNumber(node, *found->second);
    }
    ArrangeSiblings();
    for (auto& [name, update] : updates_) {
      catalog::v1::Change& change = draft_.AddCatalog(update.cell);
      change.set_reason(update.reason);
      *change.mutable_update_node() = std::move(update.change);
    }
  }

 private:
  struct Update {
    catalog::v1::UpdateNode change;
    std::string reason;
    documents::SourceCell cell;
  };

  // The update of `existing`, which takes one more field. It has no etag: the draft may have changed the node
  // already.
  Update& Take(const Node& existing, const char* field, const documents::SourceCell& cell) {
    Update& update = updates_[existing.name()];
    if (update.change.update_mask().paths().empty()) {
      update.cell = cell;
      update.change.mutable_node()->set_name(existing.name());
    }
    update.change.mutable_update_mask()->add_paths(field);
    return update;
  }

  void SetTitle(const PrintedNode& node, const Node& existing) {
    Update& update = Take(existing, "title", node.cell);
    update.change.mutable_node()->set_title(*node.new_title);
    update.change.mutable_update_mask()->add_paths("provisional_title");
    update.reason = draft_.overwrite_reason();
  }

  void CompareNumber(const PrintedNode& node, const Node& existing) {
    if (node.number.empty() || SameNumber(node.number, existing.number())) return;
    if (!follows_) return draft_.Note(import_code::kNewerKept, node.cell, Shown(existing.number()));
    if (node.number_is_damaged) return draft_.Note(import_code::kNumberKept, node.cell, existing.number());
    draft_.CheckLength(node.cell, node.number, kMaxLabelBytes);
    draft_.Note(import_code::kRenumbered, node.cell,
                fmt::format("{} → {}", Shown(existing.number()), node.number));
    Take(existing, "number", node.cell).change.mutable_node()->set_number(node.number);
  }

  static std::string Shown(const std::string& number) { return number.empty() ? "-" : number; }

  void ArrangeSiblings() {
    struct Siblings {
      std::vector<Placed> existing;
      std::vector<Placed> added;
    };
    std::map<std::string, Siblings> siblings;
    const auto printed_at = [this](const std::string& name) -> std::optional<size_t> {
      const auto found = printed_.find(name);
      return found == printed_.end() ? std::nullopt : std::optional(found->second);
    };
    for (const Node& node : plan_.nodes) {
      siblings[node.parent()].existing.push_back({node.name(), node.order(), printed_at(node.name())});
    }
    std::map<std::string, Node*> created;
    for (catalog::v1::Change& change : draft_.catalog()) {
      if (!change.has_create_node()) continue;
      Node& node = *change.mutable_create_node();
      created[node.name()] = &node;
      siblings[node.parent()].added.push_back({node.name(), 0, printed_at(node.name())});
    }
    for (const auto& [parent, those] : siblings) {
      const auto all_stay = [](const Placed&, const Placed&, const Placed&) { return true; };
      TakeOrders(Arrange(those.existing, those.added, follows_, all_stay), created);
    }
  }

  void TakeOrders(const std::vector<Placed>& sequence, std::map<std::string, Node*>& created) {
    const Placed* before = nullptr;
    const PrintedNode* last_printed = nullptr;
    for (const Placed& one : sequence) {
      const PrintedNode* printed = one.printed ? &nodes_[*one.printed] : nullptr;
      if (printed != nullptr) last_printed = printed;
      const auto existing = existing_.find(one.name);
      if (existing == existing_.end()) {
        created[one.name]->set_order(one.order);
      } else {
        if (one.moved) NoteMoved(*printed, before);
        if (one.order != existing->second->order()) {
          const documents::SourceCell cell =
              last_printed == nullptr ? documents::SourceCell() : last_printed->cell;
          Take(*existing->second, "order", cell).change.mutable_node()->set_order(one.order);
        }
      }
      before = &one;
    }
  }

  void NoteMoved(const PrintedNode& node, const Placed* before) {
    const std::string place = PlaceBehind(before == nullptr ? "" : TitleOf(before->name));
    draft_.Note(follows_ ? import_code::kReordered : import_code::kNewerKept, node.cell, place);
  }

  std::string TitleOf(const std::string& name) const {
    const auto existing = existing_.find(name);
    if (existing != existing_.end()) return existing->second->title();
    const auto printed = printed_.find(name);
    return printed == printed_.end() ? "" : nodes_[printed->second].cell.printed;
  }

  const ExistingPlan& plan_;
  const std::vector<PrintedNode>& nodes_;
  const bool follows_;
  ImportDraft& draft_;
  std::map<std::string, const Node*> existing_;
  std::map<std::string, size_t> printed_;
  std::map<std::string, Update> updates_;
};

}  // namespace

void PlanNodeUpdates(const ExistingPlan& plan, const std::vector<PrintedNode>& nodes, bool follows,
                     ImportDraft& draft) {
  Updates(plan, nodes, follows, draft).Run();
}

std::string PlaceBehind(const std::string& title) {
  if (title.empty()) return documents::InBothLanguages("先頭", "first");
  return documents::InBothLanguages(fmt::format("「{}」の次", title), fmt::format("behind \"{}\"", title));
}

}  // namespace seisaku::policyctl::imports
