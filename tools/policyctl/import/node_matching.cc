#include "tools/policyctl/import/node_matching.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "services/base/text.h"
#include "tools/policyctl/documents/search_key.h"

namespace seisaku::policyctl::imports {
namespace {

using catalog::v1::Node;

// What stands right below a node: the keys of titles, and the ids of KPIs that the sidecar names.
struct Contents {
  std::set<std::string> titles;
  std::set<std::string> ids;
};

// The names that the plan may have for the KPI of a row: as printed, corrected, and the sidecar's alias.
std::vector<std::string> PossibleNames(const documents::KpiRow& row) {
  std::vector<std::string> names = {row.name};
  if (row.confirmed.corrected_name) names.push_back(*row.confirmed.corrected_name);
  if (row.confirmed.alias) names.push_back(*row.confirmed.alias);
  return names;
}

class Matching {
 public:
  Matching(const documents::ProgressSheet& sheet, const ExistingTree& tree)
      : sheet_(sheet), tree_(tree), matches_(sheet.nodes.size()), contents_(sheet.nodes.size()) {
    for (const documents::Node& node : sheet.nodes) {
      if (node.parent >= 0 && !node.provisional) ContentsOf(node.parent).titles.insert(KeyOf(node.title));
    }
    for (const documents::KpiRow& row : sheet.rows) {
      // What is new there is not there under another heading.
      if (row.confirmed.is_new && !row.confirmed.heading.empty()) continue;
      Contents& contents = ContentsOf(row.node);
      if (row.confirmed.id) {
        contents.ids.insert(*row.confirmed.id);
      } else if (!row.provisional_name) {
        for (const std::string& name : PossibleNames(row)) contents.titles.insert(KeyOf(name));
      }
    }
  }

  std::vector<NodeMatch> Run() {
    MatchChildren(-1, "");
    // A parent stands before its children, so that it is matched by now.
    for (size_t i = 0; i < sheet_.nodes.size(); ++i) {
      const NodeMatch& match = matches_[i];
      const Node* above = match.node != nullptr ? match.node : match.ended;
      if (above != nullptr) MatchChildren(static_cast<int>(i), above->name());
    }
    return std::move(matches_);
  }

 private:
  using Nodes = ExistingTree::Nodes;
  using Same = std::function<bool(const documents::Node&, const Node&)>;
  // How well a node of the sheet fits one of the plan: what both have below them, then the same number; then
  // of two that are in force the one that ends first, since the other is its successor.
  struct Fit {
    size_t shared = 0;
    bool same_number = false;
    int last_year = 0;
    auto operator<=>(const Fit& other) const {
      return std::tuple(shared, same_number, -last_year) <=>
             std::tuple(other.shared, other.same_number, -other.last_year);
    }
    bool operator==(const Fit&) const = default;
  };

  const std::string& KeyOf(const std::string& title) const {
    const auto [key, is_new] = keys_.try_emplace(title);
    if (is_new) key->second = documents::SearchKey(title);
    return key->second;
  }

  Contents& ContentsOf(int node) { return contents_[static_cast<size_t>(node)]; }

  void MatchChildren(int parent, const std::string& existing_parent) {
    const Nodes in_force = ChildrenThatAre(existing_parent, Standing::kInForce);
    const Nodes not_yet = ChildrenThatAre(existing_parent, Standing::kNotYet);
    MatchTitles(parent, in_force);
    MatchTitles(parent, not_yet);
    MatchContents(parent, in_force);
    MatchContents(parent, not_yet);
    MatchTitles(parent, ChildrenThatAre(existing_parent, Standing::kEnded));
    MatchPlaces(parent, in_force);
    MatchPlaces(parent, not_yet);
  }

  Nodes ChildrenThatAre(const std::string& existing_parent, Standing standing) const {
    Nodes nodes = tree_.ChildrenOf(existing_parent);
    std::erase_if(nodes, [&](const Node* node) { return tree_.In(sheet_.fiscal_year, *node) != standing; });
    return nodes;
  }

  void MatchTitles(int parent, const Nodes& existing) {
    MatchWhere(parent, existing, MatchedBy::kTitle, [](const documents::Node& node, const Node& other) {
      return !node.provisional && node.title == other.title();
    });
    MatchWhere(
        parent, existing, MatchedBy::kSpelling, [this](const documents::Node& node, const Node& other) {
          return !node.provisional && !other.provisional_title() && KeyOf(node.title) == KeyOf(other.title());
        });
  }

  void MatchWhere(int parent, const Nodes& existing, MatchedBy by, const Same& same) {
    PairTheBest(parent, existing, by, [&](size_t i, const Node& other) {
      return same(sheet_.nodes[i], other) ? std::optional(FitOf(i, other)) : std::nullopt;
    });
    std::map<Nodes, std::vector<size_t>> undecided;
    for (const size_t i : OpenBelow(parent)) {
      const Nodes candidates = CandidatesOf(i, existing, same);
      if (!candidates.empty()) undecided[candidates].push_back(i);
    }
    for (const auto& [candidates, nodes] : undecided) Decide(nodes, candidates, by);
  }

  // Nodes of one title, of which nothing tells which is which.
  void Decide(const std::vector<size_t>& nodes, const Nodes& candidates, MatchedBy by) {
    const auto shares_with_none = [&](size_t i) {
      return std::all_of(candidates.begin(), candidates.end(),
                         [&](const Node* other) { return FitOf(i, *other).shared == 0; });
    };
    const bool in_order =
        nodes.size() == candidates.size() && std::all_of(nodes.begin(), nodes.end(), shares_with_none);
    // Which of those that have ended does not matter: nothing is put under them.
    const bool ended = tree_.In(sheet_.fiscal_year, *candidates[0]) == Standing::kEnded;
    for (size_t at = 0; at < nodes.size(); ++at) {
      if (in_order) {
        Take(nodes[at], *candidates[at], by);
      } else if (ended) {
        Take(nodes[at], *candidates.back(), by);
      } else {
        matches_[nodes[at]].candidates = candidates;
      }
    }
  }

  void MatchContents(int parent, const Nodes& existing) {
    PairTheBest(parent, existing, MatchedBy::kContents, [&](size_t i, const Node& other) {
      Fit fit = FitOf(i, other);
      fit.same_number = false;
      return fit.shared > 0 ? std::optional(fit) : std::nullopt;
    });
  }

  // As many names are lost as the plan has lost there: they are the same, in their order.
  void MatchPlaces(int parent, const Nodes& existing) {
    std::vector<size_t> nodes = OpenBelow(parent);
    std::erase_if(nodes, [this](size_t i) { return !sheet_.nodes[i].provisional; });
    Nodes lost = Free(existing);
    std::erase_if(lost, [](const Node* other) { return !other->provisional_title(); });
    if (nodes.size() != lost.size()) return;
    for (size_t at = 0; at < nodes.size(); ++at) Take(nodes[at], *lost[at], MatchedBy::kPlace);
  }

  // Takes what fit each other better than anything else, until nothing more does.
  void PairTheBest(int parent, const Nodes& existing, MatchedBy by,
                   const std::function<std::optional<Fit>(size_t, const Node&)>& fit_of) {
    for (bool found = true; found;) {
      found = false;
      const std::vector<size_t> open = OpenBelow(parent);
      for (const size_t i : open) {
        const Node* best = OnlyBest<const Node*>(Free(existing), [&](const Node* other) {
                             return fit_of(i, *other);
                           }).value_or(nullptr);
        if (best == nullptr) continue;
        const std::optional<size_t> back = OnlyBest<size_t>(
            open, [&](size_t other) { return IsOpen(other) ? fit_of(other, *best) : std::nullopt; });
        if (back != i) continue;
        Take(i, *best, by);
        found = true;
      }
    }
  }

  // The one that fits best; nullopt where none fits, or two equally well.
  template <typename T, typename FitOf>
  static std::optional<T> OnlyBest(const std::vector<T>& all, const FitOf& fit_of) {
    std::optional<T> best;
    std::optional<Fit> best_fit;
    for (const T& one : all) {
      const std::optional<Fit> fit = fit_of(one);
      if (!fit || fit < best_fit) continue;
      best = fit == best_fit ? std::nullopt : std::optional(one);
      best_fit = fit;
    }
    return best;
  }

  Fit FitOf(size_t i, const Node& other) const {
    const Contents& contents = contents_[i];
    size_t shared = 0;
    for (const Node* child : tree_.ChildrenOf(other.name())) {
      if (!HasEnded(*child)) shared += contents.titles.count(KeyOf(child->title()));
    }
    for (const catalog::v1::Kpi* kpi : tree_.KpisOf(other.name())) {
      shared += contents.ids.count(std::string(IdOf(kpi->name())));
      if (!HasEnded(*kpi)) shared += contents.titles.count(KeyOf(kpi->title()));
    }
    const int end = tree_.EndOf(other);
    return {shared, SameNumber(sheet_.nodes[i].number, other.number()),
            end == 0 ? std::numeric_limits<int>::max() : end};
  }

  template <typename Resource>
  bool HasEnded(const Resource& resource) const {
    const int end = resource.retired_from_year();
    return end != 0 && end <= sheet_.fiscal_year;
  }

  Nodes CandidatesOf(size_t i, const Nodes& existing, const Same& same) const {
    Nodes nodes = Free(existing);
    std::erase_if(nodes, [&](const Node* other) { return !same(sheet_.nodes[i], *other); });
    return nodes;
  }

  Nodes Free(Nodes nodes) const {
    std::erase_if(nodes, [this](const Node* node) { return taken_.contains(node); });
    return nodes;
  }

  std::vector<size_t> OpenBelow(int parent) const {
    std::vector<size_t> open;
    for (size_t i = 0; i < matches_.size(); ++i) {
      if (sheet_.nodes[i].parent == parent && IsOpen(i)) open.push_back(i);
    }
    return open;
  }

  bool IsOpen(size_t i) const {
    const NodeMatch& match = matches_[i];
    return match.node == nullptr && match.ended == nullptr && match.candidates.empty();
  }

  void Take(size_t i, const Node& node, MatchedBy by) {
    const bool ended = tree_.In(sheet_.fiscal_year, node) == Standing::kEnded;
    matches_[i] = {.node = ended ? nullptr : &node, .by = by, .ended = ended ? &node : nullptr};
    taken_.insert(&node);
  }

  const documents::ProgressSheet& sheet_;
  const ExistingTree& tree_;
  std::vector<NodeMatch> matches_;
  std::vector<Contents> contents_;  // of each node of the sheet
  std::set<const Node*> taken_;
  mutable std::map<std::string, std::string> keys_;  // of titles
};

}  // namespace

std::vector<NodeMatch> MatchNodes(const documents::ProgressSheet& sheet, const ExistingTree& tree) {
  return Matching(sheet, tree).Run();
}

bool SameNumber(std::string_view a, std::string_view b) { return ToHalfWidthAscii(a) == ToHalfWidthAscii(b); }

}  // namespace seisaku::policyctl::imports
