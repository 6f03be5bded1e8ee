#include "services/catalog/domain/names.h"

#include <vector>

#include "services/base/errors.h"
#include "services/base/ids.h"
#include "services/base/resource_name.h"

namespace seisaku::catalog {
namespace {

absl::StatusOr<NameInPlan> ParseInPlan(const FieldPath& field, std::string_view name,
                                       std::string_view pattern) {
  ASSIGN_OR_RETURN(auto ids, ParseResourceName(field, name, pattern));
  return NameInPlan{std::move(ids[0]), std::move(ids[1])};
}

}  // namespace

absl::StatusOr<std::string> ParsePlanName(const FieldPath& field, std::string_view name) {
  ASSIGN_OR_RETURN(auto ids, ParseResourceName(field, name, "plans/{plan}"));
  return std::move(ids[0]);
}

absl::StatusOr<NameInPlan> ParseNodeName(const FieldPath& field, std::string_view name) {
  return ParseInPlan(field, name, "plans/{plan}/nodes/{node}");
}

absl::StatusOr<NameInPlan> ParseKpiName(const FieldPath& field, std::string_view name) {
  return ParseInPlan(field, name, "plans/{plan}/kpis/{kpi}");
}

absl::StatusOr<std::string> ParseDepartmentName(const FieldPath& field, std::string_view name) {
  ASSIGN_OR_RETURN(auto ids, ParseResourceName(field, name, "departments/{department}"));
  return std::move(ids[0]);
}

absl::StatusOr<NameInPlan> ParseKpiReference(const FieldPath& field, std::string_view name) {
  if (name.empty()) return errors::RequiredField(field.ToString());
  std::vector<std::string_view> parts = SplitResourceName(name, 4);
  if (parts.size() != 4 || parts[0] != "plans" || parts[2] != "kpis" || parts[3].empty()) {
    return errors::InvalidField(field.ToString(), expected::RESOURCE_NAME,
                                {{"form", "plans/{plan}/kpis/{kpi}"}, {"actual", name}});
  }
  RETURN_IF_ERROR(ValidateId(field, parts[1]));
  return NameInPlan{std::string(parts[1]), std::string(parts[3])};
}

std::optional<std::pair<std::string_view, std::string_view>> SplitKpiName(std::string_view name) {
  constexpr std::string_view kPlans = "plans/";
  constexpr std::string_view kKpis = "/kpis/";
  if (!name.starts_with(kPlans)) return std::nullopt;
  name.remove_prefix(kPlans.size());
  const size_t at = name.find('/');
  if (at == std::string_view::npos || !name.substr(at).starts_with(kKpis)) return std::nullopt;
  return std::pair(name.substr(0, at), name.substr(at + kKpis.size()));
}

std::string PlanName(std::string_view plan) { return std::string("plans/").append(plan); }
std::string NodeName(std::string_view plan, std::string_view node) {
  return PlanName(plan).append("/nodes/").append(node);
}
std::string KpiName(std::string_view plan, std::string_view kpi) {
  constexpr std::string_view kPlans = "plans/";
  constexpr std::string_view kKpis = "/kpis/";
  std::string name;
  name.reserve(kPlans.size() + plan.size() + kKpis.size() + kpi.size());
  return name.append(kPlans).append(plan).append(kKpis).append(kpi);
}
std::string DepartmentName(std::string_view department) {
  return std::string("departments/").append(department);
}

}  // namespace seisaku::catalog
