// Catalog's memory image: the fold of its log, every revision kept, so that it can be read as of any size.
// Read it through View; Progress embeds one and feeds it the entries that it copied.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "services/base/revisions.h"
#include "services/catalog/domain/records.h"

namespace seisaku::catalog {

struct PlanSlot;
struct NodeSlot;
struct KpiSlot;

// Slots: a resource's id and all its revisions. Their addresses are stable until truncation takes them away.
// A list of other slots has all that ever belonged there; a reader keeps those whose record as of its size
// says so. A `last_…_order` is the greatest order ever given there; what comes without one is placed behind
// it.

struct DepartmentSlot {
  std::string_view id;  // the map's key
  Revisions<DepartmentRecord> record;
};

struct KpiSlot {
  std::string_view id;
  const PlanSlot* plan = nullptr;
  Revisions<KpiRecord> record;
  std::map<int, Revisions<TargetRecord>> targets;  // by reporting year
};

struct NodeSlot {
  std::string_view id;
  const PlanSlot* plan = nullptr;
  Revisions<NodeRecord> record;
  std::vector<NodeSlot*> children;
  std::vector<KpiSlot*> kpis;
  uint32_t last_child_order = 0;
};

struct IdHash {
  using is_transparent = void;
  size_t operator()(std::string_view id) const { return std::hash<std::string_view>()(id); }
};

struct PlanSlot {
  std::string_view id;
  Revisions<PlanRecord> record;
  Revisions<RuleRecord> rules;  // the n-th revision is version n
  std::map<std::string, NodeSlot, std::less<>> nodes;
  absl::node_hash_map<std::string, KpiSlot, IdHash, std::equal_to<>> kpis;  // found for every figure
  std::vector<NodeSlot*> roots;
  std::map<std::string, std::vector<KpiSlot*>, std::less<>> kpis_by_title;
  uint32_t last_root_order = 0;
  uint32_t last_kpi_order = 0;
};

// Not thread-safe for writing; readers exclude writers (StateMachine says when).
class State {
 public:
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Folds what ParseEvent made of the entry at `position`, which is size(). Pure. DATA_LOSS LOG_CORRUPT, and
  // nothing changed: an event that contradicts the state.
  absl::Status Fold(Position position, const google::protobuf::Message& event);

  // Forgets what entries at or above `size` did; costs only what was folded since the last Publish, below
  // which `size` must not lie.
  void Truncate(Position size);

  // Entries below `size` will never be truncated.
  void Publish(Position size);

  // How many entries were folded.
  Position size() const { return size_; }

  using Plans = std::map<std::string, PlanSlot, std::less<>>;
  using Departments = std::map<std::string, DepartmentSlot, std::less<>>;
  using DepartmentsByTitle = std::map<std::string, std::vector<DepartmentSlot*>, std::less<>>;
  const Plans& plans() const { return plans_; }
  const Departments& departments() const { return departments_; }
  const DepartmentsByTitle& departments_by_title() const { return departments_by_title_; }

 private:
  friend class Evolution;  // writes what an event changes

  // How to take back what one entry did; run in reverse order.
  struct Undo {
    Position position;
    std::function<void()> run;
  };

  Position size_ = 0;
  Plans plans_;
  Departments departments_;
  DepartmentsByTitle departments_by_title_;
  std::vector<Undo> journal_;  // ascending by position; only what is not published
};

}  // namespace seisaku::catalog
