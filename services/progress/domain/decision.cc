#include "services/progress/domain/decision.h"

#include <algorithm>

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/catalog/domain/checks.h"
#include "services/progress/domain/errors.h"

namespace seisaku::progress {
namespace {

// A reporter's department is one of the KPI's, and in force in the year.
absl::Status CheckScope(const Caller& caller, const catalog::View& catalog, const catalog::KpiAt& kpi,
                        int reporting_year) {
  if (caller.role != Role::kReporter) return absl::OkStatus();
  std::vector<std::string> in_charge;
  for (const std::string& id : kpi.record->departments) {
    auto department = catalog.FindDepartment(id);
    if (department && catalog.InForce(*department, reporting_year)) {
      in_charge.push_back(catalog::DepartmentName(id));
    }
  }
  if (std::find(in_charge.begin(), in_charge.end(), caller.department) != in_charge.end()) {
    return absl::OkStatus();
  }
  // Nobody reports any more for departments that have all ended.
  if (in_charge.empty() && !kpi.record->departments.empty()) {
    return errors::RoleRequired(caller.subject, "planner");
  }
  return errors::DepartmentScope(caller.subject, catalog::KpiName(kpi.plan(), kpi.id()),
                                 fmt::format("{}", fmt::join(in_charge, ", ")));
}

}  // namespace

absl::Status CheckRole(const Caller& caller, Makers makers) {
  switch (makers) {
    case Makers::kPlanners:
      if (caller.role == Role::kPlanner) return absl::OkStatus();
      return errors::RoleRequired(caller.subject, "planner");
    case Makers::kPlannersAndReporters:
      if (caller.role == Role::kPlanner || caller.role == Role::kReporter) return absl::OkStatus();
      return errors::RoleRequired(caller.subject, "planner, reporter");
    case Makers::kPeers:
      if (caller.role == Role::kPeer) return absl::OkStatus();
      return errors::RoleRequired(caller.subject, "peer");
  }
  return absl::InternalError("makers of no known kind");
}

absl::StatusOr<catalog::KpiAt> RequireKpi(const Deciding& in, std::string_view name, int reporting_year) {
  const catalog::View& catalog = in.view.catalog();
  auto kpi = catalog.FindKpi(name);
  if (!kpi) {
    RETURN_IF_ERROR(catalog::ParseKpiName(in.subject, name).status());
    return errors::NotFound(name);
  }
  // "actual." of "actual.kpi".
  const std::string_view around = in.subject.substr(0, in.subject.rfind('.') + 1);
  RETURN_IF_ERROR(WithFieldPrefix(CheckYear("reporting_year", reporting_year), around));
  RETURN_IF_ERROR(CheckScope(in.caller, catalog, *kpi, reporting_year));
  if (absl::Status in_force = catalog::CheckInForce(catalog, *kpi, reporting_year); !in_force.ok()) {
    return WithField(in_force, fmt::format("{}reporting_year", around));
  }
  return *kpi;
}

}  // namespace seisaku::progress
