// Resource names, AIP-122: "plans/{plan}", "plans/{plan}/nodes/{node}", "plans/{plan}/kpis/{kpi}",
// "departments/{department}". State keeps ids; requests and events have names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "services/base/field_path.h"

namespace seisaku::catalog {

// A node or a KPI within its plan, by ids.
struct NameInPlan {
  std::string plan;
  std::string id;
  auto operator<=>(const NameInPlan&) const = default;
};

// Each takes a name apart. INVALID_ARGUMENT REQUIRED_FIELD (empty) or INVALID_FIELD (not of that form, or an
// id that is not [a-z0-9-]{1,63}), naming `field`.
absl::StatusOr<std::string> ParsePlanName(const FieldPath& field, std::string_view name);
absl::StatusOr<NameInPlan> ParseNodeName(const FieldPath& field, std::string_view name);
absl::StatusOr<NameInPlan> ParseKpiName(const FieldPath& field, std::string_view name);
absl::StatusOr<std::string> ParseDepartmentName(const FieldPath& field, std::string_view name);

// "plans/{plan}/kpis/" followed by an id or an exact title (which may hold anything, slashes too):
// `id` is that last part, unchecked but not empty.
absl::StatusOr<NameInPlan> ParseKpiReference(const FieldPath& field, std::string_view name);

// The ids in "plans/{plan}/kpis/{kpi}", not checked to be such; nullopt for another form. Refers to `name`.
std::optional<std::pair<std::string_view, std::string_view>> SplitKpiName(std::string_view name);

std::string PlanName(std::string_view plan);
std::string NodeName(std::string_view plan, std::string_view node);
std::string KpiName(std::string_view plan, std::string_view kpi);
std::string DepartmentName(std::string_view department);

}  // namespace seisaku::catalog
