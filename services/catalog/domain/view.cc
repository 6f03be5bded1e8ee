#include "services/catalog/domain/view.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "fmt/format.h"
#include "services/catalog/domain/names.h"

namespace seisaku::catalog {
namespace {

// The slot as of `size`, if it existed: At is PlanAt, NodeAt, …
template <typename At, typename Slot>
std::optional<At> AsOf(const Slot& slot, Position size) {
  const auto* record = slot.record.At(size);
  if (record == nullptr) return std::nullopt;
  return At{&slot, record};
}

template <typename At, typename Map>
std::optional<At> Find(const Map& map, std::string_view id, Position size) {
  auto found = map.find(id);
  if (found == map.end()) return std::nullopt;
  return AsOf<At>(found->second, size);
}

template <typename At, typename Map>
std::vector<At> All(const Map& map, Position size) {
  std::vector<At> all;
  for (const auto& [id, slot] : map) {
    if (auto at = AsOf<At>(slot, size)) all.push_back(*at);
  }
  return all;
}

// Of a superset of slots, those whose record as of `size` satisfies `belongs`.
template <typename At, typename Slot, typename Belongs>
std::vector<At> Those(const std::vector<Slot*>& superset, Position size, Belongs belongs) {
  std::vector<At> those;
  for (const Slot* slot : superset) {
    if (auto at = AsOf<At>(*slot, size); at && belongs(*at->record)) those.push_back(*at);
  }
  return those;
}

template <typename At>
std::vector<At> ById(std::vector<At> all) {
  std::sort(all.begin(), all.end(), [](const At& a, const At& b) { return a.id() < b.id(); });
  return all;
}

template <typename At>
std::vector<At> ByOrder(std::vector<At> all) {
  std::sort(all.begin(), all.end(), [](const At& a, const At& b) {
    return std::tuple(a.record->order, a.id()) < std::tuple(b.record->order, b.id());
  });
  return all;
}

bool IsOut(int first_year, int retired_from_year, int reporting_year) {
  if (reporting_year == 0) return false;
  return reporting_year < first_year || (retired_from_year != 0 && reporting_year >= retired_from_year);
}

template <typename Record>
bool IsOut(const Record& record, int reporting_year) {
  return IsOut(record.first_year, record.retired_from_year, reporting_year);
}

void AddBranch(const View& view, const NodeAt& node, uint32_t depth, int reporting_year,
               std::vector<TreeLine>& lines) {
  if (IsOut(*node.record, reporting_year)) return;
  lines.push_back({depth, node, std::nullopt});
  for (const KpiAt& kpi : view.Kpis(node)) {
    if (IsOut(*kpi.record, reporting_year)) continue;
    lines.push_back({depth + 1, std::nullopt, kpi});
  }
  for (const NodeAt& child : view.Children(node)) AddBranch(view, child, depth + 1, reporting_year, lines);
}

}  // namespace

std::optional<PlanAt> View::FindPlan(std::string_view plan) const {
  return Find<PlanAt>(state_->plans(), plan, size_);
}

std::optional<NodeAt> View::FindNode(std::string_view plan, std::string_view node) const {
  auto found = state_->plans().find(plan);
  if (found == state_->plans().end()) return std::nullopt;
  return Find<NodeAt>(found->second.nodes, node, size_);
}

std::optional<KpiAt> View::FindKpi(std::string_view plan, std::string_view kpi) const {
  auto found = state_->plans().find(plan);
  if (found == state_->plans().end()) return std::nullopt;
  return Find<KpiAt>(found->second.kpis, kpi, size_);
}

std::optional<KpiAt> View::FindKpi(std::string_view name) const {
  auto ids = SplitKpiName(name);
  return ids ? FindKpi(ids->first, ids->second) : std::nullopt;
}

std::optional<DepartmentAt> View::FindDepartment(std::string_view department) const {
  return Find<DepartmentAt>(state_->departments(), department, size_);
}

std::vector<KpiAt> View::KpisByTitle(const PlanAt& plan, std::string_view title) const {
  auto found = plan.slot->kpis_by_title.find(title);
  if (found == plan.slot->kpis_by_title.end()) return {};
  return ById(
      Those<KpiAt>(found->second, size_, [&](const KpiRecord& record) { return record.title == title; }));
}

std::vector<DepartmentAt> View::DepartmentsByTitle(std::string_view title) const {
  auto found = state_->departments_by_title().find(title);
  if (found == state_->departments_by_title().end()) return {};
  return ById(Those<DepartmentAt>(found->second, size_,
                                  [&](const DepartmentRecord& record) { return record.title == title; }));
}

std::vector<PlanAt> View::Plans() const { return All<PlanAt>(state_->plans(), size_); }
std::vector<NodeAt> View::Nodes(const PlanAt& plan) const { return All<NodeAt>(plan.slot->nodes, size_); }
std::vector<DepartmentAt> View::Departments() const {
  return All<DepartmentAt>(state_->departments(), size_);
}

std::vector<KpiAt> View::Kpis(const PlanAt& plan) const {
  return ByOrder(All<KpiAt>(plan.slot->kpis, size_));
}

std::vector<KpiAt> View::Kpis(const NodeAt& node) const {
  return ByOrder(Those<KpiAt>(node.slot->kpis, size_,
                              [&](const KpiRecord& record) { return record.node == node.id(); }));
}

std::vector<NodeAt> View::Roots(const PlanAt& plan) const {
  return ByOrder(
      Those<NodeAt>(plan.slot->roots, size_, [](const NodeRecord& record) { return record.parent.empty(); }));
}

std::vector<NodeAt> View::Children(const NodeAt& node) const {
  return ByOrder(Those<NodeAt>(node.slot->children, size_,
                               [&](const NodeRecord& record) { return record.parent == node.id(); }));
}

std::vector<TreeLine> View::Tree(const PlanAt& plan, int reporting_year) const {
  std::vector<TreeLine> lines;
  for (const NodeAt& root : Roots(plan)) AddBranch(*this, root, 0, reporting_year, lines);
  return lines;
}

std::vector<TreeLine> View::Tree(const NodeAt& from, int reporting_year) const {
  std::vector<TreeLine> lines;
  if (reporting_year == 0 || InForce(from, reporting_year)) AddBranch(*this, from, 0, reporting_year, lines);
  return lines;
}

std::vector<NodeAt> View::Path(const NodeAt& node) const {
  std::vector<NodeAt> path;
  for (std::optional<NodeAt> at = node; at; at = FindNode(at->plan(), at->record->parent)) {
    path.push_back(*at);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::vector<NodeAt> View::Path(const KpiAt& kpi) const {
  auto node = FindNode(kpi.plan(), kpi.record->node);
  return node ? Path(*node) : std::vector<NodeAt>();
}

bool View::InForce(const NodeAt& node, int reporting_year) const {
  for (std::optional<NodeAt> at = node; at; at = FindNode(at->plan(), at->record->parent)) {
    if (IsOut(*at->record, reporting_year)) return false;
  }
  return true;
}

bool View::InForce(const KpiAt& kpi, int reporting_year) const {
  if (IsOut(*kpi.record, reporting_year)) return false;
  auto node = FindNode(kpi.plan(), kpi.record->node);
  return node && InForce(*node, reporting_year);
}

bool View::InForce(const DepartmentAt& department, int reporting_year) const {
  return !IsOut(/*first_year=*/0, department.record->retired_from_year, reporting_year);
}

int View::FirstYear(const NodeAt& node) const {
  int first = 0;
  for (const NodeAt& at : Path(node)) first = std::max(first, at.record->first_year);
  return first;
}

}  // namespace seisaku::catalog
