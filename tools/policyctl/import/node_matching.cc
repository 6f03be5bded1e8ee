#include "tools/policyctl/import/node_matching.h"

#include <functional>
#include <set>
#include <string>

#include "services/base/text.h"

namespace seisaku::policyctl::imports {
namespace {

using catalog::v1::Node;

class Matching {
 public:
  Matching(const documents::ProgressSheet& sheet, const Sidecar& sidecar, const ExistingTree& tree)
      : sheet_(sheet), tree_(tree), matches_(sheet.nodes.size()), contents_(sheet.nodes.size()) {
    for (const documents::Node& node : sheet.nodes) {
      if (node.parent >= 0 && !node.provisional) ContentsOf(node.parent).insert(node.title);
    }
    for (const documents::KpiRow& row : sheet.rows) {
      if (row.provisional_name) continue;
      for (std::string& name : PossibleNames(row, sidecar)) ContentsOf(row.node).insert(std::move(name));
    }
  }

  std::vector<NodeMatch> Run() {
    MatchChildren(-1, "");
    // A parent stands before its children, so that it is matched by now.
    for (size_t i = 0; i < sheet_.nodes.size(); ++i) {
      if (matches_[i].node != nullptr) MatchChildren(static_cast<int>(i), matches_[i].node->name());
    }
    return std::move(matches_);
  }

 private:
  using Same = std::function<bool(const documents::Node&, const Node&)>;

  std::set<std::string>& ContentsOf(int node) { return contents_[static_cast<size_t>(node)]; }

  void MatchChildren(int parent, const std::string& existing_parent) {
    const ExistingTree::Nodes& existing = tree_.ChildrenOf(existing_parent);
    if (existing.empty()) return;
    MatchWhere(parent, existing, MatchedBy::kTitle, [](const documents::Node& node, const Node& other) {
      return !node.provisional && node.title == other.title();
    });
    MatchWhere(parent, existing, MatchedBy::kSpelling, [](const documents::Node& node, const Node& other) {
      return !node.provisional && !other.provisional_title() &&
             SearchKey(node.title) == SearchKey(other.title());
    });
    MatchByContents(parent, existing);
    MatchWhere(parent, existing, MatchedBy::kPlace, [](const documents::Node& node, const Node& other) {
      return node.provisional && other.provisional_title();
    });
  }

  // Both in document order, the first that fits.
  void MatchWhere(int parent, const ExistingTree::Nodes& existing, MatchedBy by, const Same& same) {
    for (size_t i = 0; i < sheet_.nodes.size(); ++i) {
      if (!IsOpen(i, parent)) continue;
      for (const Node* other : existing) {
        if (taken_.contains(other) || !same(sheet_.nodes[i], *other)) continue;
        Take(i, *other, by);
        break;
      }
    }
  }

  void MatchByContents(int parent, const ExistingTree::Nodes& existing) {
    for (size_t i = 0; i < sheet_.nodes.size(); ++i) {
      if (!IsOpen(i, parent)) continue;
      const Node* best = nullptr;
      size_t best_shared = 0;
      for (const Node* other : existing) {
        const size_t shared = taken_.contains(other) ? 0 : Shared(contents_[i], *other);
        if (shared <= best_shared) continue;
        best = other;
        best_shared = shared;
      }
      if (best != nullptr) Take(i, *best, MatchedBy::kContents);
    }
  }

  size_t Shared(const std::set<std::string>& contents, const Node& other) const {
    size_t shared = 0;
    for (const Node* child : tree_.ChildrenOf(other.name())) shared += contents.count(child->title());
    for (const catalog::v1::Kpi* kpi : tree_.KpisOf(other.name())) shared += contents.count(kpi->title());
    return shared;
  }

  bool IsOpen(size_t i, int parent) const {
    return sheet_.nodes[i].parent == parent && matches_[i].node == nullptr;
  }

  void Take(size_t i, const Node& node, MatchedBy by) {
    matches_[i] = {&node, by};
    taken_.insert(&node);
  }

  const documents::ProgressSheet& sheet_;
  const ExistingTree& tree_;
  std::vector<NodeMatch> matches_;
  std::vector<std::set<std::string>> contents_;  // the names right below each node of the sheet
  std::set<const Node*> taken_;
};

}  // namespace

std::vector<NodeMatch> MatchNodes(const documents::ProgressSheet& sheet, const Sidecar& sidecar,
                                  const ExistingTree& tree) {
  return Matching(sheet, sidecar, tree).Run();
}

std::vector<std::string> PossibleNames(const documents::KpiRow& row, const Sidecar& sidecar) {
  std::vector<std::string> names = {row.name};
  if (row.corrected_name) names.push_back(*row.corrected_name);
  const auto alias = sidecar.confirmations.aliases.find(row.name);
  if (alias != sidecar.confirmations.aliases.end()) names.push_back(alias->second);
  return names;
}

}  // namespace seisaku::policyctl::imports
