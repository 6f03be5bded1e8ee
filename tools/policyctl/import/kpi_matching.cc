#include "tools/policyctl/import/kpi_matching.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "tools/policyctl/documents/search_key.h"

namespace seisaku::policyctl::imports {
namespace {

using catalog::v1::Kpi;
using documents::KpiRow;
using Outcome = KpiMatch::Outcome;

class Matching {
 public:
  Matching(const documents::ProgressSheet& sheet, const ExistingPlan& plan, const ExistingTree& tree,
           const std::vector<NodeMatch>& nodes, bool unused)
      : sheet_(sheet),
        plan_(plan),
        tree_(tree),
        nodes_(nodes),
        unused_(unused),
        matches_(sheet.rows.size()) {}

  std::vector<KpiMatch> Run() {
    MatchIds();
    MatchNames({Standing::kInForce, Standing::kNotYet}, HasNameOf);
    MatchAliases();
    const auto is_spelt_like = [this](const KpiRow& row, const Kpi& kpi) { return IsSpeltLike(row, kpi); };
    MatchNames({Standing::kInForce, Standing::kNotYet}, is_spelt_like);
    for (const Standing standing : {Standing::kInForce, Standing::kNotYet}) {
      ForEachOpen([&](size_t i) { MatchLostNames(i, standing); });
      ForEachOpen([&](size_t i) { MatchOnlyOneLeft(i, standing); });
    }
    ForEachOpen([this](size_t i) { DecideNew(i); });
    MatchNames({Standing::kEnded}, HasNameOf);
    MatchNames({Standing::kEnded}, is_spelt_like);
    FindCandidates();
    RefuseEqualNames();
    NoteSpelling();
    return std::move(matches_);
  }

 private:
  using Kpis = ExistingTree::Kpis;

  template <typename Step>
  void ForEachOpen(Step step) {
    for (size_t i = 0; i < matches_.size(); ++i) {
      if (matches_[i].outcome == Outcome::kUnanswered) step(i);
    }
  }

  const KpiRow& Row(size_t i) const { return sheet_.rows[i]; }
  int LineOf(size_t i) const { return Row(i).name_source.line; }
  // The node of the sheet that the row's measure is; its 主な取組 where there is no level between.
  int MeasureOf(size_t i) const {
    const int measure = sheet_.nodes[static_cast<size_t>(Row(i).node)].parent;
    return measure < 0 ? Row(i).node : measure;
  }

  // The node of the plan that a node of the sheet is, or was; "" where it is new.
  std::string NodeName(int node) const {
    const NodeMatch& match = nodes_[static_cast<size_t>(node)];
    const catalog::v1::Node* existing = match.node != nullptr ? match.node : match.ended;
    return existing == nullptr ? "" : existing->name();
  }

  // The free KPIs of the row's 主な取組.
  Kpis OfAction(size_t i, Standing standing) const {
    const std::string action = NodeName(Row(i).node);
    return action.empty() ? Kpis() : Free(tree_.KpisOf(action), standing);
  }

  // The free KPIs of the level above it.
  Kpis OfMeasure(size_t i, Standing standing) const {
    const std::string measure = NodeName(MeasureOf(i));
    return measure.empty() ? Kpis() : Free(tree_.KpisBelow(measure), standing);
  }

  Kpis Free(Kpis kpis, Standing standing) const {
    std::erase_if(kpis, [&](const Kpi* kpi) {
      return taken_.contains(kpi) || tree_.In(sheet_.fiscal_year, *kpi) != standing;
    });
    return kpis;
  }

  template <typename Fits>
  static Kpis Those(Kpis kpis, const Fits& fits) {
    std::erase_if(kpis, [&fits](const Kpi* kpi) { return !fits(*kpi); });
    return kpis;
  }

  // Of several that fit, those that end first: the others are their successors.
  Kpis FirstToEnd(Kpis kpis) const {
    const auto end_of = [this](const Kpi* kpi) {
      const int end = tree_.EndOf(*kpi);
      return end == 0 ? std::numeric_limits<int>::max() : end;
    };
    int first = std::numeric_limits<int>::max();
    for (const Kpi* kpi : kpis) first = std::min(first, end_of(kpi));
    std::erase_if(kpis, [&](const Kpi* kpi) { return end_of(kpi) != first; });
    return kpis;
  }

  KpiMatch& Take(size_t i, const Kpi& kpi) {
    taken_.insert(&kpi);
    matches_[i].outcome = Outcome::kMatched;
    matches_[i].kpi = &kpi;
    return matches_[i];
  }

  // Matches each open row with the KPI that it is; one that may be several, or that is one of several that
  // may be the same one, is ambiguous.
  void MatchWhereClear(const std::function<Kpis(size_t)>& candidates_of, bool by_sidecar) {
    std::map<size_t, Kpis> candidates;
    std::map<const Kpi*, std::set<size_t>> claims;
    ForEachOpen([&](size_t i) {
      Kpis kpis = candidates_of(i);
      for (const Kpi* kpi : kpis) claims[kpi].insert(i);
      if (!kpis.empty()) candidates[i] = std::move(kpis);
    });
    for (auto& [i, kpis] : candidates) {
      std::set<size_t> others;
      for (const Kpi* kpi : kpis) others.insert(claims[kpi].begin(), claims[kpi].end());
      others.erase(i);
      if (kpis.size() == 1 && others.empty()) {
        Take(i, *kpis[0]).by_sidecar = by_sidecar;
        continue;
      }
      matches_[i].outcome = Outcome::kAmbiguous;
      matches_[i].candidates = std::move(kpis);
      for (const size_t other : others) matches_[i].lines.push_back(LineOf(other));
    }
  }

  void MatchIds() {
    std::map<std::string, std::vector<size_t>> rows_of;
    for (size_t i = 0; i < matches_.size(); ++i) {
      if (!Row(i).confirmed.id) continue;
      matches_[i].answer = *Row(i).confirmed.id;
      rows_of[*Row(i).confirmed.id].push_back(i);
    }
    MatchWhereClear(
        [this](size_t i) {
          Kpis kpis;
          for (const Kpi& kpi : plan_.kpis) {
            if (IdOf(kpi.name()) == Row(i).confirmed.id) kpis.push_back(&kpi);
          }
          return kpis;
        },
        /*by_sidecar=*/true);
    // An id that the plan does not have yet is the id to create it with.
    for (const auto& [id, rows] : rows_of) {
      for (const size_t i : rows) {
        if (matches_[i].outcome != Outcome::kUnanswered) continue;
        const bool is_new = plan_.kpis.empty() || Row(i).confirmed.is_new;
        matches_[i].outcome = rows.size() > 1 ? Outcome::kAmbiguous
                              : is_new        ? Outcome::kNew
                                              : Outcome::kAnswerUnusable;
        for (const size_t other : rows) {
          if (other != i) matches_[i].lines.push_back(LineOf(other));
        }
      }
    }
  }

  using IsSame = std::function<bool(const KpiRow&, const Kpi&)>;

  void MatchNames(const std::vector<Standing>& standings, const IsSame& is_same) {
    for (const bool same_action : {true, false}) {
      for (const Standing standing : standings) {
        MatchWhereClear(
            [&](size_t i) {
              // What is new is in no other 主な取組 either.
              if (!same_action && Row(i).confirmed.is_new) return Kpis();
              return FirstToEnd(Those(same_action ? OfAction(i, standing) : OfMeasure(i, standing),
                                      [&](const Kpi& kpi) { return is_same(Row(i), kpi); }));
            },
            /*by_sidecar=*/false);
      }
    }
  }

  static bool HasNameOf(const KpiRow& row, const Kpi& kpi) {
    return (!row.provisional_name && kpi.title() == row.name) || kpi.title() == row.confirmed.corrected_name;
  }

  // What is said to be new is not one that only has a similar name.
  bool IsSpeltLike(const KpiRow& row, const Kpi& kpi) {
    if (row.confirmed.is_new || kpi.provisional_title()) return false;
    const std::string& key = KeyOf(kpi.title());
    return (!row.provisional_name && KeyOf(row.name) == key) ||
           (row.confirmed.corrected_name && KeyOf(*row.confirmed.corrected_name) == key);
  }

  const std::string& KeyOf(const std::string& name) {
    const auto [key, is_new] = keys_.try_emplace(name);
    if (is_new) key->second = documents::SearchKey(name);
    return key->second;
  }

  void NoteSpelling() {
    for (size_t i = 0; i < matches_.size(); ++i) {
      KpiMatch& match = matches_[i];
      if (match.outcome != Outcome::kMatched || HasNameOf(Row(i), *match.kpi)) continue;
      match.by_spelling = !match.by_sidecar && !match.by_place && IsSpeltLike(Row(i), *match.kpi);
    }
  }

  void FindCandidates() {
    // Of a sheet that hardly has a name of the plan's, nobody looks through all.
    constexpr size_t kFewPairs = 100'000;
    size_t open = 0;
    ForEachOpen([&open](size_t) { ++open; });
    Kpis free;
    for (const Kpi& kpi : plan_.kpis) free.push_back(&kpi);
    free = Free(std::move(free), Standing::kInForce);
    if (open * free.size() > kFewPairs) free.clear();
    ForEachOpen([&](size_t i) { matches_[i].candidates = MostAlike(i, free); });
  }

  // The KPIs of the measure, then others whose names are rather like the row's; a handful.
  Kpis MostAlike(size_t i, const Kpis& free) const {
    constexpr size_t kCandidates = 5;
    constexpr double kRatherAlike = 0.5;
    std::vector<std::pair<double, const Kpi*>> alike;  // those of the measure have 1 more
    for (const Kpi* kpi : OfMeasure(i, Standing::kInForce))
      alike.emplace_back(1 + documents::Likeness(Row(i).name, kpi->title()), kpi);
    for (const Kpi* kpi : free) {
      const bool is_of_measure =
          std::any_of(alike.begin(), alike.end(), [kpi](const auto& other) { return other.second == kpi; });
      if (is_of_measure) continue;
      const double likeness = documents::Likeness(Row(i).name, kpi->title());
      if (likeness >= kRatherAlike) alike.emplace_back(likeness, kpi);
    }
    std::stable_sort(alike.begin(), alike.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    Kpis kpis;
    for (size_t at = 0; at < alike.size() && at < kCandidates; ++at) kpis.push_back(alike[at].second);
    return kpis;
  }

  // Under the same measure, else anywhere in the plan.
  void MatchAliases() {
    MatchWhereClear(
        [this](size_t i) {
          const std::optional<std::string>& alias = Row(i).confirmed.alias;
          Kpis named;
          if (!alias) return named;
          const auto has_alias = [&alias](const Kpi& kpi) { return kpi.title() == alias; };
          Kpis all;
          for (const Kpi& kpi : plan_.kpis) all.push_back(&kpi);
          for (const Standing standing : {Standing::kInForce, Standing::kNotYet, Standing::kEnded}) {
            if (named.empty()) named = Those(OfMeasure(i, standing), has_alias);
            if (named.empty()) named = Those(Free(all, standing), has_alias);
          }
          return FirstToEnd(std::move(named));
        },
        /*by_sidecar=*/true);
    for (size_t i = 0; i < matches_.size(); ++i) {
      if (!Row(i).confirmed.alias) continue;
      matches_[i].answer = *Row(i).confirmed.alias;
      if (matches_[i].outcome == Outcome::kUnanswered && !plan_.kpis.empty())
        matches_[i].outcome = Outcome::kAnswerUnusable;
    }
  }

  // The open rows that stand under the same 主な取組 as row i, this one among them.
  std::vector<size_t> OpenBeside(size_t i) const {
    std::vector<size_t> open;
    for (size_t at = 0; at < matches_.size(); ++at) {
      if (Row(at).node == Row(i).node && matches_[at].outcome == Outcome::kUnanswered) open.push_back(at);
    }
    return open;
  }

  // As many names are lost under a 主な取組 as the plan has lost there: they are the same, in their order.
  void MatchLostNames(size_t i, Standing standing) {
    std::vector<size_t> rows = OpenBeside(i);
    std::erase_if(rows, [this](size_t row) { return !Row(row).provisional_name; });
    if (!Row(i).provisional_name) return;
    const Kpis lost = Those(OfAction(i, standing), [](const Kpi& kpi) { return kpi.provisional_title(); });
    for (size_t at = 0; at < rows.size() && !lost.empty(); ++at) {
      if (rows.size() == lost.size()) {
        Take(rows[at], *lost[at]).by_place = true;
        continue;
      }
      matches_[rows[at]].outcome = Outcome::kAmbiguous;
      matches_[rows[at]].candidates = lost;
      for (const size_t other : rows) {
        if (other != rows[at]) matches_[rows[at]].lines.push_back(LineOf(other));
      }
    }
  }

  // Since the last import somebody has given the KPI its name: it is the only one that is left there.
  void MatchOnlyOneLeft(size_t i, Standing standing) {
    const Kpis left = OfAction(i, standing);
    if (!Row(i).provisional_name || OpenBeside(i).size() != 1 || left.size() != 1) return;
    Take(i, *left[0]).by_place = true;
  }

  void DecideNew(size_t i) {
    const bool can_be_none = unused_ && taken_.size() == plan_.kpis.size();
    if (plan_.kpis.empty() || can_be_none || Row(i).confirmed.is_new) matches_[i].outcome = Outcome::kNew;
  }

  // The title that the sidecar's name gives the row's KPI; null where it keeps its own.
  const std::string* NewTitle(size_t i) const {
    const KpiMatch& match = matches_[i];
    const std::optional<std::string>& name = Row(i).confirmed.corrected_name;
    const bool renames = match.outcome == Outcome::kMatched && match.kpi->title() == Row(i).name;
    return name && (renames || match.outcome == Outcome::kNew) ? &*name : nullptr;
  }

  // A name that the sidecar gives is one KPI's under one measure, or under one heading where the sidecar says
  // which: the next sheet finds it by that.
  void RefuseEqualNames() {
    std::map<std::pair<int, std::string>, std::vector<size_t>> rows_of;
    for (size_t i = 0; i < matches_.size(); ++i) {
      const std::string* renamed = NewTitle(i);
      if (renamed == nullptr && matches_[i].outcome != Outcome::kMatched &&
          matches_[i].outcome != Outcome::kNew)
        continue;
      const std::string& title = renamed != nullptr           ? *renamed
                                 : matches_[i].kpi != nullptr ? matches_[i].kpi->title()
                                                              : Row(i).name;
      rows_of[{MeasureOf(i), title}].push_back(i);
    }
    std::vector<std::pair<size_t, std::vector<int>>> refused;
    for (const auto& [name, rows] : rows_of) {
      for (const size_t i : rows) {
        if (NewTitle(i) == nullptr) continue;
        std::vector<int> lines;
        for (const size_t other : rows) {
          const bool apart = !Row(i).confirmed.heading.empty() && Row(other).node != Row(i).node;
          if (other != i && !apart) lines.push_back(LineOf(other));
        }
        if (!lines.empty()) refused.emplace_back(i, std::move(lines));
      }
    }
    for (auto& [i, lines] : refused) {
      if (matches_[i].kpi != nullptr) matches_[i].candidates = {matches_[i].kpi};
      matches_[i].kpi = nullptr;
      matches_[i].outcome = Outcome::kNameNotUnique;
      matches_[i].lines = std::move(lines);
    }
  }

  const documents::ProgressSheet& sheet_;
  const ExistingPlan& plan_;
  const ExistingTree& tree_;
  const std::vector<NodeMatch>& nodes_;
  const bool unused_;
  std::vector<KpiMatch> matches_;
  std::set<const Kpi*> taken_;
  std::map<std::string, std::string> keys_;  // of names
};

}  // namespace

std::vector<KpiMatch> MatchKpis(const documents::ProgressSheet& sheet, const ExistingPlan& plan,
                                const ExistingTree& tree, const std::vector<NodeMatch>& nodes, bool unused) {
  return Matching(sheet, plan, tree, nodes, unused).Run();
}

}  // namespace seisaku::policyctl::imports
