// Everything that can be asked of a State as of a size. The only way that handlers, Decide and progress read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seisaku/catalog/v1/resources.pb.h"
#include "services/base/revisions.h"
#include "services/catalog/domain/records.h"
#include "services/catalog/domain/state.h"

namespace seisaku::catalog {

// A resource as of a view's size: cheap to copy, points into the state, and is valid only while the state is
// not written to (while the Snapshot lives).
struct PlanAt {
  const PlanSlot* slot;
  const PlanRecord* record;
  std::string_view id() const { return slot->id; }
};
struct NodeAt {
  const NodeSlot* slot;
  const NodeRecord* record;
  std::string_view id() const { return slot->id; }
  std::string_view plan() const { return slot->plan->id; }
};
struct KpiAt {
  const KpiSlot* slot;
  const KpiRecord* record;
  std::string_view id() const { return slot->id; }
  std::string_view plan() const { return slot->plan->id; }
};
struct DepartmentAt {
  const DepartmentSlot* slot;
  const DepartmentRecord* record;
  std::string_view id() const { return slot->id; }
};

// A version of a plan's rule and the entry that set it.
struct RuleAt {
  const RuleRecord* record;
  uint32_t version;  // from 1
  Position position;
};

// A revision of a reporting year's target and the entry that set it.
struct TargetAt {
  int reporting_year;
  const TargetRecord* record;
  uint32_t revision;  // of this year's target, from 1
  Position position;
};

// A line of a plan's tree: a node, or a KPI of the node above it.
struct TreeLine {
  uint32_t depth;  // 0 where the tree begins
  std::optional<NodeAt> node;
  std::optional<KpiAt> kpi;
};

class View {
 public:
  // `state` outlives the view; size <= state.size().
  View(const State& state, Position size) : state_(&state), size_(size) {}
  Position size() const { return size_; }

  // By ids; nullopt where it did not exist yet.
  std::optional<PlanAt> FindPlan(std::string_view plan) const;
  std::optional<NodeAt> FindNode(std::string_view plan, std::string_view node) const;
  std::optional<KpiAt> FindKpi(std::string_view plan, std::string_view kpi) const;
  // By resource name.
  std::optional<KpiAt> FindKpi(std::string_view name) const;
  std::optional<DepartmentAt> FindDepartment(std::string_view department) const;

  // KPIs of the plan with exactly this title, retired ones included, ascending by id.
  std::vector<KpiAt> KpisByTitle(const PlanAt& plan, std::string_view title) const;
  // Departments with exactly this title, retired ones included, ascending by id.
  std::vector<DepartmentAt> DepartmentsByTitle(std::string_view title) const;

  // Ascending by id.
  std::vector<PlanAt> Plans() const;
  std::vector<NodeAt> Nodes(const PlanAt& plan) const;
  std::vector<DepartmentAt> Departments() const;
  // In sheet order: by order, then id.
  std::vector<KpiAt> Kpis(const PlanAt& plan) const;
  std::vector<KpiAt> Kpis(const NodeAt& node) const;
  // In document order: by order, then id.
  std::vector<NodeAt> Roots(const PlanAt& plan) const;
  std::vector<NodeAt> Children(const NodeAt& node) const;

  // Depth first in document order; a node's KPIs come right after it, before the nodes below it. What is not
  // in force in `reporting_year` is left out with all below it; 0 leaves nothing out.
  std::vector<TreeLine> Tree(const PlanAt& plan, int reporting_year = 0) const;
  std::vector<TreeLine> Tree(const NodeAt& from, int reporting_year = 0) const;

  // The nodes above and including it, highest first.
  std::vector<NodeAt> Path(const NodeAt& node) const;
  std::vector<NodeAt> Path(const KpiAt& kpi) const;

  // The rule in force; nullopt for a plan without one.
  std::optional<RuleAt> Rule(const PlanAt& plan) const;
  // The target in force for a reporting year.
  std::optional<TargetAt> Target(const KpiAt& kpi, int reporting_year) const;
  // Targets in force, ascending by reporting year.
  std::vector<TargetAt> Targets(const KpiAt& kpi) const;
  // Every target that it ever had, oldest first.
  std::vector<TargetAt> TargetRevisions(const KpiAt& kpi) const;

  // Whether it is part of the plan in a reporting year: for it and each node above it the first year has come
  // and the retirement has not.
  bool InForce(const NodeAt& node, int reporting_year) const;
  bool InForce(const KpiAt& kpi, int reporting_year) const;
  bool InForce(const DepartmentAt& department, int reporting_year) const;
  // The first reporting year in which the node and those above it are part of the plan; 0: always.
  int FirstYear(const NodeAt& node) const;

  // The position of the last entry that changed the resource: of a plan its rule too, of a KPI its targets
  // too.
  Position LastChange(const PlanAt& plan) const;
  Position LastChange(const NodeAt& node) const;
  Position LastChange(const KpiAt& kpi) const;
  Position LastChange(const DepartmentAt& department) const;

  // The position of the entry that gave it its direction, or confirmed it, or took that back; a later one
  // that changed something else did not.
  Position DirectionSetAt(const KpiAt& kpi) const;

  // As a caller gets them, output-only fields and etag included.
  v1::Plan Render(const PlanAt& plan) const;
  v1::Node Render(const NodeAt& node) const;
  v1::Kpi Render(const KpiAt& kpi) const;
  v1::Department Render(const DepartmentAt& department) const;
  v1::Target Render(const TargetAt& target) const;

 private:
  const State* state_;
  Position size_;
};

}  // namespace seisaku::catalog
