// Names of resources, from what people write.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "seisaku/type/v1/read.pb.h"
#include "tools/policyctl/session.h"

namespace seisaku::policyctl {

// "strategy" and "plans/strategy" -> "plans/strategy".
std::string PlanName(std::string_view plan);

// The last part of a name: "plans/strategy/kpis/kpi-001" -> "kpi-001".
std::string IdOf(std::string_view name);

// What confirms the direction of a KPI, or, for the name of a plan, shows which of its KPIs' are unconfirmed:
// "policyctl kpi confirm kpi-001 --plan strategy".
std::string ConfirmCommand(std::string_view name);

// The plan that a command is about: `given`, else the profile's, else the only plan with a rule that catalog
// had `as_of` then (unset: has now), where a size counts the entries of the log of `service`.
// INVALID_ARGUMENT REQUIRED_FIELD (--plan) when that does not say which; the services' errors.
absl::StatusOr<std::string> ChoosePlan(Session& session, const std::string& given,
                                       const type::v1::AsOf& as_of = {},
                                       std::string_view service = "progress");

// What reads take for a KPI: a full name as it is; an id or an exact title as "plans/{plan}/kpis/" and it.
// Where there is no such KPI in the answers of `service` `as_of` then, but exactly one in catalog whose title
// a person takes for the same (documents::SearchKey), that one's name, and a note says so. NOT_FOUND
// RESOURCE_NOT_FOUND with the titles that were probably meant as `closest`, best first; FAILED_PRECONDITION
// TITLE_NOT_UNIQUE; the services' errors.
absl::StatusOr<std::string> KpiForReading(Session& session, const std::string& kpi, const std::string& plan,
                                          const type::v1::AsOf& as_of = {},
                                          std::string_view service = "progress");

// What changes take: the full name with the KPI's id. A title is looked up in progress, which works without
// catalog, and as KpiForReading does. Errors: its.
absl::StatusOr<std::string> KpiForWriting(Session& session, const std::string& kpi, const std::string& plan,
                                          int reporting_year);

}  // namespace seisaku::policyctl
