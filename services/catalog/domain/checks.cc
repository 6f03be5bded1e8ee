#include "services/catalog/domain/checks.h"

#include <algorithm>
#include <set>

#include "services/base/errors.h"
#include "services/catalog/domain/names.h"
#include "services/catalog/domain/words.h"

namespace seisaku::catalog {
namespace {

using seisaku::errors::InvalidField;
using seisaku::errors::RequiredField;

constexpr size_t kMaxLevels = 8;

}  // namespace

absl::Status CheckOrder(const FieldPath& field, uint32_t order) {
  if (order >= 1 && order <= kMaxOrder) return absl::OkStatus();
  return InvalidField(field.ToString(), expected::BETWEEN,
                      {{"min", 1}, {"max", kMaxOrder}, {"actual", order}});
}

absl::Status CheckPlace(const FieldPath& field, const View& view, const PlanAt& plan,
                        const NodeRecord& node) {
  if (node.level >= plan.record->levels.size()) {
    return InvalidField(FieldPath(field, "level").ToString(), expected::BETWEEN,
                        {{"min", 0}, {"max", plan.record->levels.size() - 1}, {"actual", node.level}});
  }
  const FieldPath parent_field(field, "parent");
  if (node.parent.empty()) {
    if (node.level == 0) return absl::OkStatus();
    return InvalidField(parent_field.ToString(), expected::NODE_OF_LEVEL,
                        {{"needed", node.level - 1}, {"level", node.level}});
  }
  if (node.level == 0) return InvalidField(parent_field.ToString(), expected::EMPTY_AT_TOP);
  auto parent = view.FindNode(plan.id(), node.parent);
  if (!parent) {
    return InvalidField(parent_field.ToString(), expected::EXISTING,
                        {{"actual", NodeName(plan.id(), node.parent)}});
  }
  if (parent->record->level + 1 == node.level) return absl::OkStatus();
  return InvalidField(parent_field.ToString(), expected::NODE_OF_LEVEL,
                      {{"needed", node.level - 1}, {"level", node.level}});
}

absl::Status CheckNodeExists(const FieldPath& field, const View& view, const PlanAt& plan,
                             const KpiRecord& kpi) {
  if (view.FindNode(plan.id(), kpi.node)) return absl::OkStatus();
  return InvalidField(FieldPath(field, "node").ToString(), expected::EXISTING,
                      {{"actual", NodeName(plan.id(), kpi.node)}});
}

absl::Status CheckPlan(const FieldPath& field, const PlanRecord& plan) {
  RETURN_IF_ERROR(CheckTitle(FieldPath(field, "title"), plan.title, kMaxShortTitleBytes));
  const FieldPath path(field, "levels");
  if (plan.levels.empty()) return RequiredField(path.ToString());
  if (plan.levels.size() > kMaxLevels)
    return InvalidField(path.ToString(), expected::AT_MOST_ITEMS,
                        {{"max", kMaxLevels}, {"actual", plan.levels.size()}});
  std::set<std::string_view> seen;
  for (size_t i = 0; i < plan.levels.size(); ++i) {
    RETURN_IF_ERROR(CheckTitle(FieldPath(path, i), plan.levels[i], kMaxLabelBytes));
    if (!seen.insert(plan.levels[i]).second)
      return InvalidField(FieldPath(path, i).ToString(), expected::EACH_ONCE, {{"actual", plan.levels[i]}});
  }
  return absl::OkStatus();
}

absl::Status CheckRule(const FieldPath& field, const RuleRecord& rule) {
  const FieldPath method(field, "method");
  if (rule.method.empty()) return RequiredField(method.ToString());
  if (rule.method != "ratio/1" && rule.method != "baseline/1") {
    return InvalidField(method.ToString(), expected::ONE_OF,
                        {{"allowed", "ratio/1, baseline/1"}, {"actual", rule.method}});
  }
  if (rule.mostly_on_track_percent.sign() <= 0) {
    return InvalidField(FieldPath(field, "mostly_on_track_percent").ToString(), expected::MORE_THAN,
                        {{"limit", 0}, {"actual", rule.mostly_on_track_percent.ToString()}});
  }
  if (rule.mostly_on_track_percent <= rule.on_track_percent) return absl::OkStatus();
  return InvalidField(FieldPath(field, "mostly_on_track_percent").ToString(), expected::NOT_ABOVE,
                      {{"limit", rule.on_track_percent.ToString()},
                       {"other", "on_track_percent"},
                       {"actual", rule.mostly_on_track_percent.ToString()}});
}

absl::Status CheckNode(const FieldPath& field, const View& view, const PlanAt& plan, const NodeRecord& node) {
  RETURN_IF_ERROR(CheckTitle(FieldPath(field, "title"), node.title, kMaxTitleBytes));
  RETURN_IF_ERROR(CheckLabel(FieldPath(field, "number"), node.number));
  RETURN_IF_ERROR(CheckOrder(FieldPath(field, "order"), node.order));
  RETURN_IF_ERROR(CheckPlace(field, view, plan, node));
  RETURN_IF_ERROR(CheckFirstYear(field, node.first_year, node.retired_from_year));
  return CheckDepartments(field, view, node.departments);
}

}  // namespace seisaku::catalog
