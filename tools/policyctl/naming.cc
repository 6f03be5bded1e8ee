#include "tools/policyctl/naming.h"

#include <vector>

#include "absl/strings/match.h"
#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/ids.h"

namespace seisaku::policyctl {
namespace {

bool IsFullName(const std::string& kpi) {
  return absl::StartsWith(kpi, "plans/") && kpi.find("/kpis/") != std::string::npos;
}

// What progress knew of catalog then; unset stays unset.
absl::StatusOr<type::v1::AsOf> OfCatalog(Client& client, const type::v1::AsOf& of_progress) {
  type::v1::AsOf of_catalog;
  if (of_progress.at_case() == type::v1::AsOf::AT_NOT_SET) return of_catalog;
  progress::v1::GetCatalogPositionRequest request;
  *request.mutable_as_of() = of_progress;
  ASSIGN_OR_RETURN(const progress::v1::GetCatalogPositionResponse response,
                   client.Call(&Progress::GetCatalogPosition, std::move(request)));
  of_catalog.set_size(response.catalog_position());
  return of_catalog;
}

absl::StatusOr<std::string> OnlyPlanWithRule(Session& session, type::v1::AsOf as_of,
                                             std::string_view service) {
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  if (service == "progress") {
    ASSIGN_OR_RETURN(as_of, OfCatalog(*client, as_of));
  }
  catalog::v1::ListPlansRequest request;
  if (as_of.at_case() != type::v1::AsOf::AT_NOT_SET) *request.mutable_as_of() = as_of;
  ASSIGN_OR_RETURN(const catalog::v1::ListPlansResponse plans,
                   client->CallForAllPages(&Catalog::ListPlans, std::move(request)));
  std::vector<std::string> names;
  std::string all;
  for (const catalog::v1::Plan& plan : plans.plans()) {
    if (!plan.has_rule()) continue;
    all += (all.empty() ? "" : ", ") + IdOf(plan.name());
    names.push_back(plan.name());
  }
  if (names.size() == 1) return names[0];
  if (names.empty())
    return MakeError(absl::StatusCode::kInvalidArgument, "PLAN_MISSING", "there is no plan with KPIs yet");
  return MakeError(absl::StatusCode::kInvalidArgument, "PLAN_UNCLEAR",
                   fmt::format("which plan is meant is not clear: {}", all), {{"known", all}});
}

}  // namespace

std::string PlanName(std::string_view plan) {
  return plan.substr(0, 6) == "plans/" ? std::string(plan) : fmt::format("plans/{}", plan);
}

std::string IdOf(std::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

absl::StatusOr<std::string> ChoosePlan(Session& session, const std::string& given,
                                       const type::v1::AsOf& as_of, std::string_view service) {
  if (!given.empty()) return PlanName(given);
  ASSIGN_OR_RETURN(const Profile* profile, session.profile());
  if (!profile->plan.empty()) return PlanName(profile->plan);
  return OnlyPlanWithRule(session, as_of, service);
}

absl::StatusOr<std::string> KpiForReading(Session& session, const std::string& kpi, const std::string& plan,
                                          const type::v1::AsOf& as_of, std::string_view service) {
  if (kpi.empty()) return errors::RequiredField("KPI");
  if (IsFullName(kpi)) return kpi;
  ASSIGN_OR_RETURN(const std::string plan_name, ChoosePlan(session, plan, as_of, service));
  return fmt::format("{}/kpis/{}", plan_name, kpi);
}

absl::StatusOr<std::string> KpiForWriting(Session& session, const std::string& kpi, const std::string& plan,
                                          int reporting_year) {
  ASSIGN_OR_RETURN(const std::string name, KpiForReading(session, kpi, plan));
  if (IsFullName(kpi) || ValidateId("KPI", kpi).ok()) return name;
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  progress::v1::GetEvaluationRequest request;
  request.set_name(fmt::format("{}/evaluations/{}", name, reporting_year));
  ASSIGN_OR_RETURN(const progress::v1::GetEvaluationResponse found,
                   client->Call(&Progress::GetEvaluation, std::move(request)));
  return found.kpi().name();
}

}  // namespace seisaku::policyctl
