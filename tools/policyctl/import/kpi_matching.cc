#include "tools/policyctl/import/kpi_matching.h"

#include <algorithm>
#include <set>

namespace seisaku::policyctl::imports {
namespace {

using catalog::v1::Kpi;
using documents::KpiRow;
using Outcome = KpiMatch::Outcome;

class Matching {
 public:
  Matching(const documents::ProgressSheet& sheet, const Sidecar& sidecar, const ExistingPlan& plan,
           const ExistingTree& tree, const std::vector<NodeMatch>& nodes)
      : sheet_(sheet),
        sidecar_(sidecar),
        plan_(plan),
        tree_(tree),
        nodes_(nodes),
        matches_(sheet.rows.size()) {}

  std::vector<KpiMatch> Run() {
    ForEachOpen([this](size_t i) { MatchById(i); });
    ForEachOpen([this](size_t i) { MatchByName(i, /*same_action=*/true); });
    ForEachOpen([this](size_t i) { MatchByName(i, /*same_action=*/false); });
    ForEachOpen([this](size_t i) { MatchByAlias(i); });
    ForEachOpen([this](size_t i) { MatchLostName(i); });
    ForEachOpen([this](size_t i) { MatchOnlyOneLeft(i); });
    ForEachOpen([this](size_t i) { DecideNew(i); });
    return std::move(matches_);
  }

 private:
  template <typename Step>
  void ForEachOpen(Step step) {
    for (size_t i = 0; i < matches_.size(); ++i) {
      if (matches_[i].outcome == Outcome::kUnanswered) step(i);
    }
  }

  const KpiRow& Row(size_t i) const { return sheet_.rows[i]; }

  // The node of the plan that a node of the sheet is; "" where it is new.
  std::string NodeName(int node) const {
    const NodeMatch& match = nodes_[static_cast<size_t>(node)];
    return match.node == nullptr ? "" : match.node->name();
  }

  // The KPIs of the row's 主な取組.
  ExistingTree::Kpis OfAction(size_t i) const {
    const std::string action = NodeName(Row(i).node);
    return action.empty() ? ExistingTree::Kpis() : Free(tree_.KpisOf(action));
  }

  // The KPIs of the level above it.
  ExistingTree::Kpis OfMeasure(size_t i) const {
    const int measure = sheet_.nodes[static_cast<size_t>(Row(i).node)].parent;
    if (measure < 0) return OfAction(i);
    const std::string name = NodeName(measure);
    return name.empty() ? ExistingTree::Kpis() : Free(tree_.KpisBelow(name));
  }

  ExistingTree::Kpis Free(ExistingTree::Kpis kpis) const {
    std::erase_if(kpis, [this](const Kpi* kpi) { return taken_.contains(kpi); });
    return kpis;
  }

  KpiMatch& Take(size_t i, const Kpi& kpi) {
    taken_.insert(&kpi);
    matches_[i].outcome = Outcome::kMatched;
    matches_[i].kpi = &kpi;
    return matches_[i];
  }

  void MatchById(size_t i) {
    const std::optional<std::string>& id = Row(i).confirmed_id;
    if (!id) return;
    matches_[i].answer = *id;
    for (const Kpi& kpi : plan_.kpis) {
      if (IdOf(kpi.name()) != *id) continue;
      if (taken_.contains(&kpi)) {
        matches_[i].outcome = Outcome::kAnswerUnusable;
      } else {
        Take(i, kpi).by_sidecar = true;
      }
      return;
    }
    // An id that the plan does not have yet is the id to create it with.
    if (!plan_.kpis.empty() && !sidecar_.new_kpis.contains(Row(i).name)) {
      matches_[i].outcome = Outcome::kAnswerUnusable;
    }
  }

  void MatchByName(size_t i, bool same_action) {
    const KpiRow& row = Row(i);
    if (row.provisional_name && !row.corrected_name) return;
    for (const Kpi* kpi : same_action ? OfAction(i) : OfMeasure(i)) {
      const bool printed = !row.provisional_name && kpi->title() == row.name;
      if (!printed && kpi->title() != row.corrected_name) continue;
      Take(i, *kpi);
      return;
    }
  }

  void MatchByAlias(size_t i) {
    const auto alias = sidecar_.confirmations.aliases.find(Row(i).name);
    if (alias == sidecar_.confirmations.aliases.end()) return;
    matches_[i].answer = alias->second;
    ExistingTree::Kpis named = WithTitle(OfMeasure(i), alias->second);
    if (named.empty()) {
      ExistingTree::Kpis all;
      for (const Kpi& kpi : plan_.kpis) all.push_back(&kpi);
      named = WithTitle(Free(std::move(all)), alias->second);
    }
    if (named.size() == 1) {
      Take(i, *named[0]).by_sidecar = true;
    } else if (!plan_.kpis.empty()) {
      matches_[i].outcome = Outcome::kAnswerUnusable;
    }
  }

  static ExistingTree::Kpis WithTitle(ExistingTree::Kpis kpis, const std::string& title) {
    std::erase_if(kpis, [&title](const Kpi* kpi) { return kpi->title() != title; });
    return kpis;
  }

  // The next KPI of the same 主な取組 whose name is lost there too.
  void MatchLostName(size_t i) {
    if (!Row(i).provisional_name) return;
    for (const Kpi* kpi : OfAction(i)) {
      if (!kpi->provisional_title()) continue;
      Take(i, *kpi).by_place = true;
      return;
    }
  }

  // Since the last import somebody has given the KPI its name: it is the only one that is left there.
  void MatchOnlyOneLeft(size_t i) {
    const int action = Row(i).node;
    const auto open_here = std::count_if(sheet_.rows.begin(), sheet_.rows.end(), [&](const KpiRow& row) {
      const auto at = static_cast<size_t>(&row - sheet_.rows.data());
      return row.node == action && matches_[at].outcome == Outcome::kUnanswered;
    });
    const ExistingTree::Kpis left = OfAction(i);
    if (!Row(i).provisional_name || open_here != 1 || left.size() != 1) return;
    Take(i, *left[0]).by_place = true;
  }

  void DecideNew(size_t i) {
    if (plan_.kpis.empty() || sidecar_.new_kpis.contains(Row(i).name)) {
      matches_[i].outcome = Outcome::kNew;
      return;
    }
    matches_[i].candidates = OfMeasure(i);
  }

  const documents::ProgressSheet& sheet_;
  const Sidecar& sidecar_;
  const ExistingPlan& plan_;
  const ExistingTree& tree_;
  const std::vector<NodeMatch>& nodes_;
  std::vector<KpiMatch> matches_;
  std::set<const Kpi*> taken_;
};

}  // namespace

std::vector<KpiMatch> MatchKpis(const documents::ProgressSheet& sheet, const Sidecar& sidecar,
                                const ExistingPlan& plan, const ExistingTree& tree,
                                const std::vector<NodeMatch>& nodes) {
  return Matching(sheet, sidecar, plan, tree, nodes).Run();
}

}  // namespace seisaku::policyctl::imports
