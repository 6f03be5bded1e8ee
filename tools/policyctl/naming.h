// Names of resources, from what people write.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/policyctl/session.h"

namespace seisaku::policyctl {

// "strategy" and "plans/strategy" -> "plans/strategy".
std::string PlanName(std::string_view plan);

// The last part of a name: "plans/strategy/kpis/kpi-001" -> "kpi-001".
std::string IdOf(std::string_view name);

// The plan that a command is about: `given`, else the profile's, else the only plan that catalog has with a
// rule. INVALID_ARGUMENT REQUIRED_FIELD (--plan) when that does not say which; catalog's errors.
absl::StatusOr<std::string> ChoosePlan(Session& session, const std::string& given);

// What reads take for a KPI: a full name as it is; an id or an exact title as "plans/{plan}/kpis/" and it.
absl::StatusOr<std::string> KpiForReading(Session& session, const std::string& kpi, const std::string& plan);

// What changes take: the full name with the KPI's id. A title is looked up in progress, which works without
// catalog. NOT_FOUND, FAILED_PRECONDITION TITLE_NOT_UNIQUE.
absl::StatusOr<std::string> KpiForWriting(Session& session, const std::string& kpi, const std::string& plan,
                                          int reporting_year);

}  // namespace seisaku::policyctl
