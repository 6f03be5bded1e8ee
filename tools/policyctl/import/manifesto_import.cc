#include "tools/policyctl/import/manifesto_import.h"

#include <functional>
#include <set>

#include "fmt/format.h"
#include "services/base/text.h"

namespace seisaku::policyctl::imports {
namespace {

using catalog::v1::Node;
using documents::Item;

class Planning {
 public:
  Planning(const documents::Manifesto& manifesto, const SourceDocument& document, const ExistingPlan& plan)
      : manifesto_(manifesto),
        plan_(plan),
        tree_(plan),
        draft_(document, /*overwrite_reason=*/"", manifesto.findings),
        ids_("node"),
        existing_(manifesto.items.size()),
        names_(manifesto.items.size()) {
    for (const Node& node : plan.nodes) ids_.Use(node.name());
  }

  ImportPlan Run() && {
    CheckLevels(manifesto_.levels, plan_.plan, draft_);
    MatchChildren(-1, "");
    // A parent stands before its children, so that it is matched by now.
    for (size_t i = 0; i < existing_.size(); ++i) {
      if (existing_[i] != nullptr) MatchChildren(static_cast<int>(i), existing_[i]->name());
    }
    for (size_t i = 0; i < existing_.size(); ++i) existing_[i] == nullptr ? Create(i) : Compare(i);
    NoteAbsent();
    return std::move(draft_).Finish();
  }

 private:
  using Same = std::function<bool(const Item&, const Node&)>;

  static documents::SourceCell CellOf(const Item& item, std::string column_name) {
    return {item.line, item.column, std::move(column_name), item.provisional ? "" : item.title};
  }
  documents::SourceCell CellOf(const Item& item) const {
    return CellOf(item, manifesto_.levels[static_cast<size_t>(item.level)]);
  }

  void MatchChildren(int parent, const std::string& existing_parent) {
    const auto same_number = [](const Item& item, const Node& node) { return item.number == node.number(); };
    const auto same_title = [](const Item& item, const Node& node) { return item.title == node.title(); };
    const ExistingTree::Nodes& nodes = tree_.ChildrenOf(existing_parent);
    MatchWhere(parent, nodes, [&](const Item& item, const Node& node) {
      return same_number(item, node) && same_title(item, node);
    });
    MatchWhere(parent, nodes, [&](const Item& item, const Node& node) {
      return same_number(item, node) && SearchKey(item.title) == SearchKey(node.title());
    });
    MatchWhere(parent, nodes, same_title);
    MatchWhere(parent, nodes, same_number);
  }

  void MatchWhere(int parent, const ExistingTree::Nodes& nodes, const Same& same) {
    for (size_t i = 0; i < manifesto_.items.size(); ++i) {
      const Item& item = manifesto_.items[i];
      if (item.parent != parent || existing_[i] != nullptr) continue;
      for (const Node* node : nodes) {
        if (taken_.contains(node) || !same(item, *node)) continue;
        taken_.insert(node);
        existing_[i] = node;
        names_[i] = node->name();
        break;
      }
    }
  }

  void Create(size_t i) {
    const Item& item = manifesto_.items[i];
    const documents::SourceCell cell = CellOf(item);
    draft_.CheckLength(cell, item.title, kMaxTitleBytes);
    draft_.CheckLength(cell, item.number, kMaxLabelBytes);
    names_[i] = fmt::format("{}/nodes/{}", plan_.plan.name(), ids_.Next());
    Node& node = *draft_.AddCatalog(cell).mutable_create_node();
    node.set_name(names_[i]);
    if (item.parent >= 0) node.set_parent(names_[static_cast<size_t>(item.parent)]);
    node.set_level(static_cast<uint32_t>(item.level));
    node.set_number(item.number);
    node.set_title(item.title);
    node.set_provisional_title(item.provisional);
  }

  void Compare(size_t i) {
    const Item& item = manifesto_.items[i];
    const Node& node = *existing_[i];
    if (item.title == node.title()) return;
    if (item.provisional) return draft_.Note(import_code::kMatchedByPlace, CellOf(item), node.title());
    if (SearchKey(item.title) == SearchKey(node.title())) {
      draft_.NoteSpelling(CellOf(item), node.title());
    } else {
      draft_.LeaveAlone(CellOf(item), node.title());
    }
  }

  void NoteAbsent() {
    for (const Node& node : plan_.nodes) {
      if (taken_.contains(&node) || tree_.EndOf(node) != 0) continue;
      draft_.Note(import_code::kAbsent, {.printed = node.title()}, std::string(IdOf(node.name())));
    }
  }

  const documents::Manifesto& manifesto_;
  const ExistingPlan& plan_;
  const ExistingTree tree_;
  ImportDraft draft_;
  IdSequence ids_;
  std::vector<const Node*> existing_;  // per item, what it is in the plan
  std::vector<std::string> names_;     // per item, its resource name
  std::set<const Node*> taken_;
};

}  // namespace

ImportPlan PlanManifestoImport(const documents::Manifesto& manifesto, const SourceDocument& document,
                               const ExistingPlan& plan) {
  return Planning(manifesto, document, plan).Run();
}

}  // namespace seisaku::policyctl::imports
