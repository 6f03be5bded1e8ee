#include "tools/policyctl/import/manifesto_import.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include "fmt/format.h"
#include "services/base/period.h"
#include "tools/policyctl/documents/search_key.h"
#include "tools/policyctl/import/node_matching.h"
#include "tools/policyctl/import/node_updates.h"

namespace seisaku::policyctl::imports {
namespace {

using catalog::v1::Node;
using documents::Item;

class Planning {
 public:
  Planning(const documents::Manifesto& manifesto, const SourceDocument& document, const ExistingPlan& plan,
           const Overwrite& overwrite)
      : manifesto_(manifesto),
        plan_(plan),
        tree_(plan),
        draft_(document, overwrite, manifesto.findings),
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
    PlanNodeUpdates(plan_, PrintedNodes(), /*follows=*/true, draft_);
    NoteAbsent();
    CheckOverwrite();
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

  void CheckOverwrite() {
    std::vector<ItemNames> items;
    for (const Item& item : manifesto_.items) items.push_back({item.title, item.number + " " + item.title});
    for (const Node& node : plan_.nodes) items.push_back(NamesOf(node));
    CheckOnly(items, draft_);
  }

  // A manifesto has no year: what has an end goes behind what has none.
  void MatchChildren(int parent, const std::string& existing_parent) {
    const auto same_number = [](const Item& item, const Node& node) {
      return SameNumber(item.number, node.number());
    };
    const auto same_title = [](const Item& item, const Node& node) { return item.title == node.title(); };
    const auto same_spelling = [](const Item& item, const Node& node) {
      return documents::SearchKey(item.title) == documents::SearchKey(node.title());
    };
    ExistingTree::Nodes in_force = tree_.ChildrenOf(existing_parent);
    ExistingTree::Nodes ending;
    std::copy_if(in_force.begin(), in_force.end(), std::back_inserter(ending),
                 [this](const Node* node) { return tree_.EndOf(*node) != 0; });
    std::erase_if(in_force, [this](const Node* node) { return tree_.EndOf(*node) != 0; });
    for (const ExistingTree::Nodes& nodes : {in_force, ending}) {
      MatchWhere(parent, nodes, [&](const Item& item, const Node& node) {
        return same_number(item, node) && same_title(item, node);
      });
      MatchWhere(parent, nodes, [&](const Item& item, const Node& node) {
        return same_number(item, node) && same_spelling(item, node);
      });
      MatchTitles(parent, nodes, [](const std::string& title) { return title; });
      MatchTitles(parent, nodes, [](const std::string& title) { return documents::SearchKey(title); });
    }
    MatchWhere(parent, in_force, same_number);
  }

  // By the title alone, whatever the number: as many as there are, in order; else it is not known which is
  // which.
  void MatchTitles(int parent, const ExistingTree::Nodes& nodes,
                   const std::function<std::string(const std::string&)>& key_of) {
    struct Group {
      std::vector<size_t> items;
      ExistingTree::Nodes nodes;
    };
    std::map<std::string, Group> groups;
    for (size_t i = 0; i < manifesto_.items.size(); ++i) {
      const Item& item = manifesto_.items[i];
      if (IsOpen(i, parent) && !item.provisional) groups[key_of(item.title)].items.push_back(i);
    }
    for (const Node* node : nodes) {
      if (!taken_.contains(node) && !node->provisional_title())
        groups[key_of(node->title())].nodes.push_back(node);
    }
    for (const auto& [key, group] : groups) {
      const bool clear = group.items.size() == group.nodes.size();
      for (size_t at = 0; at < group.items.size() && !group.nodes.empty(); ++at) {
        if (clear) {
          Take(group.items[at], *group.nodes[at]);
        } else {
          candidates_[group.items[at]] = group.nodes;
        }
      }
    }
  }

  bool IsOpen(size_t i, int parent) const {
    return manifesto_.items[i].parent == parent && existing_[i] == nullptr && !candidates_.contains(i);
  }

  void Take(size_t i, const Node& node) {
    taken_.insert(&node);
    existing_[i] = &node;
    names_[i] = node.name();
  }

  void MatchWhere(int parent, const ExistingTree::Nodes& nodes, const Same& same) {
    for (size_t i = 0; i < manifesto_.items.size(); ++i) {
      const Item& item = manifesto_.items[i];
      if (!IsOpen(i, parent)) continue;
      for (const Node* node : nodes) {
        if (taken_.contains(node) || !same(item, *node)) continue;
        Take(i, *node);
        break;
      }
    }
  }

  void Create(size_t i) {
    const Item& item = manifesto_.items[i];
    const documents::SourceCell cell = CellOf(item);
    for (int at = static_cast<int>(i); at >= 0; at = manifesto_.items[static_cast<size_t>(at)].parent) {
      if (const auto unclear = candidates_.find(static_cast<size_t>(at)); unclear != candidates_.end()) {
        return draft_.Note(import_code::kAmbiguousHeading, cell, CandidatesOf(unclear->second));
      }
      const Node* above = existing_[static_cast<size_t>(at)];
      if (above == nullptr || tree_.EndOf(*above) == 0) continue;
      return draft_.Note(import_code::kUnderRetired, cell, std::string(IdOf(above->name())));
    }
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
    if (const int end = tree_.EndOf(node); end != 0) {
      draft_.Note(
          import_code::kStillPrinted, CellOf(item),
          documents::InBothLanguages(fmt::format("{}、{}から", IdOf(node.name()), FiscalYearName(end)),
                                     fmt::format("{}, from FY{}", IdOf(node.name()), end)));
    }
    if (item.title == node.title()) return;
    if (item.provisional) return draft_.Note(import_code::kMatchedByPlace, CellOf(item), node.title());
    if (documents::SearchKey(item.title) == documents::SearchKey(node.title())) {
      draft_.NoteSpelling(CellOf(item), node.title());
    } else if (draft_.MayOverwrite(CellOf(item), node.title(), NamesOf(node, item.title))) {
      retitled_.insert(i);
    }
  }

  std::vector<PrintedNode> PrintedNodes() const {
    std::vector<PrintedNode> printed;
    for (size_t i = 0; i < names_.size(); ++i) {
      PrintedNode& one = printed.emplace_back();
      const bool ends = existing_[i] != nullptr && tree_.EndOf(*existing_[i]) != 0;
      if (!ends) one.name = names_[i];
      one.number = manifesto_.items[i].number;
      if (retitled_.contains(i)) one.new_title = manifesto_.items[i].title;
      one.cell = CellOf(manifesto_.items[i]);
    }
    return printed;
  }

  static std::string CandidatesOf(const ExistingTree::Nodes& nodes) {
    std::string text;
    for (const Node* node : nodes) {
      text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", IdOf(node->name()), node->number(),
                          node->title());
    }
    return documents::InBothLanguages("候補: " + text, "Candidates: " + text);
  }

  void NoteAbsent() {
    for (const auto& [i, nodes] : candidates_) taken_.insert(nodes.begin(), nodes.end());
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
  std::set<size_t> retitled_;                         // items whose title replaces the plan's
  std::map<size_t, ExistingTree::Nodes> candidates_;  // of the items that may be several
};

}  // namespace

ImportPlan PlanManifestoImport(const documents::Manifesto& manifesto, const SourceDocument& document,
                               const ExistingPlan& plan, const Overwrite& overwrite) {
  return Planning(manifesto, document, plan, overwrite).Run();
}

}  // namespace seisaku::policyctl::imports
