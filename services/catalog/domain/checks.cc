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

absl::Status CheckNode(const FieldPath& field, const View& view, const PlanAt& plan, const NodeRecord& node) {
  RETURN_IF_ERROR(CheckTitle(FieldPath(field, "title"), node.title, kMaxTitleBytes));
  RETURN_IF_ERROR(CheckLabel(FieldPath(field, "number"), node.number));
  RETURN_IF_ERROR(CheckOrder(FieldPath(field, "order"), node.order));
  RETURN_IF_ERROR(CheckPlace(field, view, plan, node));
  RETURN_IF_ERROR(CheckFirstYear(field, node.first_year, node.retired_from_year));
  return CheckDepartments(field, view, node.departments);
}

}  // namespace seisaku::catalog
