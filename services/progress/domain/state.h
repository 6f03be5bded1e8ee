// Progress's memory image: the fold of its log, every revision kept, so that it can be read as of any size.
// Holds no free text. Read it through View.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/revisions.h"
#include "services/catalog/domain/state.h"
#include "services/catalog/domain/view.h"
#include "services/ledger/tree/frontier.h"
#include "services/progress/domain/records.h"

namespace seisaku::progress {

// "plans/{plan}/kpis/{kpi}" taken apart.
inline NameInPlan NameOf(const catalog::KpiAt& kpi) {
  return {std::string(kpi.plan()), std::string(kpi.id())};
}

// What progress keeps of one KPI.
struct KpiSlot {
  NameInPlan name;
  // By reporting year and component; by reporting year; by reporting year and kind.
  absl::btree_map<std::pair<int, std::string>, Revisions<ActualRecord>> actuals;
  absl::btree_map<int, Revisions<AssessmentRecord>> assessments;
  absl::btree_map<std::pair<int, v1::NarrativeKind>, Revisions<NarrativeRecord>> narratives;
};

// How much of catalog's log was copied: the tree of its first `size` entries.
struct CatalogMark {
  Position size = 0;
  ledger::Hash root{};
};

// Not thread-safe for writing; readers exclude writers (StateMachine says when).
class State {
 public:
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Folds what ParseEvent made of the entry at `position`, which is size(). Pure. DATA_LOSS LOG_CORRUPT, and
  // nothing changed: copied entries of catalog with an event type or a field that this build does not know,
  // or whose root is not their checkpoint's, or an event that contradicts the state.
  absl::Status Fold(Position position, const google::protobuf::Message& event);

  // Forgets what entries at or above `size` did; costs only what was folded since the last Publish, below
  // which `size` must not lie.
  void Truncate(Position size);

  // Entries below `size` will never be truncated.
  void Publish(Position size);

  // How many entries were folded.
  Position size() const { return size_; }

  // Catalog as far as it was copied, up to the newest entry; a reader asks it as of CatalogSize.
  const catalog::State& catalog() const { return catalog_; }
  // Every stretch that was copied, by the position in progress's log of the entry that holds it.
  const Revisions<CatalogMark>& catalog_marks() const { return catalog_marks_; }
  // How much of catalog was known when progress's log had `size` entries.
  Position CatalogSize(Position size) const;
  // The tree of all that was copied, and catalog's origin ("" before the first copy).
  const ledger::Frontier& catalog_frontier() const { return catalog_tips_.back().frontier; }
  const std::string& catalog_origin() const { return catalog_origin_; }

  // nullptr where nothing was ever recorded.
  const KpiSlot* Find(const catalog::KpiAt& kpi) const;
  // Ascending by resource name, with a "/" at its end: in the order of the names below them.
  using Kpis = std::map<std::string, KpiSlot, std::less<>>;
  const Kpis& kpis() const { return kpis_; }

 private:
  friend class Evolution;  // writes what an event changes

  // The frontier after the entry at `position`. Needed only for what may yet be truncated, and for the next
  // copy.
  struct CatalogTip {
    Position position;
    ledger::Frontier frontier;
  };
  struct Touched {
    Position position;
    const catalog::KpiSlot* kpi;
  };

  void TruncateKpi(const catalog::KpiSlot* kpi, Position size);

  Position size_ = 0;
  catalog::State catalog_;
  std::string catalog_origin_;
  Revisions<CatalogMark> catalog_marks_;
  std::vector<CatalogTip> catalog_tips_ = {{0, {}}};  // never empty; the first is published, or the beginning
  Kpis kpis_;
  // The same by catalog's slot, which outlives what was recorded of it.
  absl::flat_hash_map<const catalog::KpiSlot*, Kpis::iterator> by_kpi_;
  std::vector<Touched> touched_;  // ascending by position; only what is not published
};

}  // namespace seisaku::progress
