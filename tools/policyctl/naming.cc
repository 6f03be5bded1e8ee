#include "tools/policyctl/naming.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/ids.h"
#include "services/base/status.h"
#include "tools/policyctl/documents/search_key.h"

namespace seisaku::policyctl {
namespace {

constexpr std::string_view kKpis = "/kpis/";

bool IsFullName(const std::string& kpi) {
  return absl::StartsWith(kpi, "plans/") && kpi.find(kKpis) != std::string::npos;
}

// The title that a name ends in may have a slash itself.
std::string_view PartBehind(std::string_view name, std::string_view mark) {
  return name.substr(name.find(mark) + mark.size());
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

// Whether the service knows the KPI: OK, its NOT_FOUND, or why it cannot say.
absl::Status Find(Client& client, const std::string& name, const type::v1::AsOf& as_of,
                  std::string_view service) {
  const bool any_time = as_of.at_case() == type::v1::AsOf::AT_NOT_SET;
  if (service == "catalog") {
    catalog::v1::GetKpiRequest request;
    request.set_name(name);
    if (!any_time) *request.mutable_as_of() = as_of;
    return client.Call(&Catalog::GetKpi, std::move(request)).status();
  }
  progress::v1::ListActualsRequest request;
  request.set_parent(name);
  request.set_page_size(1);
  if (!any_time) *request.mutable_as_of() = as_of;
  return client.Call(&Progress::ListActuals, std::move(request)).status();
}

absl::StatusOr<catalog::v1::ListKpisResponse> KpisOf(Session& session, const std::string& plan,
                                                     type::v1::AsOf as_of, std::string_view service) {
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  if (service == "progress") {
    ASSIGN_OR_RETURN(as_of, OfCatalog(*client, as_of));
  }
  catalog::v1::ListKpisRequest request;
  request.set_parent(plan);
  if (as_of.at_case() != type::v1::AsOf::AT_NOT_SET) *request.mutable_as_of() = as_of;
  return client->CallForAllPages(&Catalog::ListKpis, std::move(request));
}

// The KPIs that were probably meant, best first: those of whose title it is a part, then those that are
// alike.
std::vector<std::string> Candidates(const Session& session, const std::string& kpi,
                                    const catalog::v1::ListKpisResponse& kpis) {
  constexpr double kAlike = 0.5;
  constexpr size_t kMost = 5;
  const std::string key = documents::SearchKey(kpi);
  std::vector<std::pair<double, const catalog::v1::Kpi*>> alike;
  for (const catalog::v1::Kpi& one : kpis.kpis()) {
    const bool is_part = !key.empty() && documents::SearchKey(one.title()).find(key) != std::string::npos;
    const double likeness = documents::Likeness(kpi, one.title());
    if (is_part || likeness >= kAlike) alike.emplace_back(likeness + (is_part ? 1 : 0), &one);
  }
  std::stable_sort(alike.begin(), alike.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> candidates;
  for (size_t i = 0; i < std::min(kMost, alike.size()); ++i) {
    candidates.push_back(
        session.Say(text::kCandidate, alike[i].second->title(), IdOf(alike[i].second->name())));
  }
  return candidates;
}

// The same for names and ids in full width or capitals: ＫＰＩ－００１ is kpi-001.
std::string KeyOf(std::string_view text) { return absl::AsciiStrToLower(documents::SearchKey(text)); }

// The one KPI whose title or id is `kpi` but for its spelling; else `not_found`, with what was probably
// meant.
absl::StatusOr<std::string> FindBySpelling(Session& session, const std::string& kpi,
                                           const catalog::v1::ListKpisResponse& kpis,
                                           const absl::Status& not_found) {
  const std::string key = documents::SearchKey(kpi);
  std::vector<const catalog::v1::Kpi*> same;
  for (const catalog::v1::Kpi& one : kpis.kpis()) {
    const bool is_id = KeyOf(kpi) == KeyOf(IdOf(one.name()));
    if (is_id || (!key.empty() && documents::SearchKey(one.title()) == key)) same.push_back(&one);
  }
  if (same.size() == 1) {
    if (same[0]->title() != kpi) {
      session.Note(session.Say(text::kTakenAs, kpi, same[0]->title(), IdOf(same[0]->name())));
    }
    return same[0]->name();
  }
  const std::vector<std::string> candidates = Candidates(session, kpi, kpis);
  if (candidates.empty()) return not_found;
  return WithMetadata(not_found, {{"closest", absl::StrJoin(candidates, session.japanese() ? "、" : ", ")}});
}

}  // namespace

std::string ConfirmCommand(std::string_view name) {
  const size_t kpi = name.find(kKpis);
  const std::string plan = IdOf(name.substr(0, kpi));
  if (kpi == std::string_view::npos) return fmt::format("policyctl kpi confirm --plan {}", plan);
  return fmt::format("policyctl kpi confirm {} --plan {}", IdOf(name), plan);
}

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
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  std::string name = fmt::format("{}{}{}", plan_name, kKpis, kpi);
  const absl::Status found = Find(*client, name, as_of, service);
  if (absl::IsUnavailable(found) || absl::IsDeadlineExceeded(found)) return found;
  // Any other error the command meets itself.
  if (ReasonOf(found) != "RESOURCE_NOT_FOUND") return name;
  const absl::StatusOr<catalog::v1::ListKpisResponse> kpis = KpisOf(session, plan_name, as_of, service);
  return kpis.ok() ? FindBySpelling(session, kpi, *kpis, found) : found;
}

absl::StatusOr<std::string> KpiForWriting(Session& session, const std::string& kpi, const std::string& plan,
                                          int reporting_year) {
  ASSIGN_OR_RETURN(const std::string name, KpiForReading(session, kpi, plan));
  if (IsFullName(kpi) || ValidateId("KPI", PartBehind(name, kKpis)).ok()) return name;
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  progress::v1::GetEvaluationRequest request;
  request.set_name(fmt::format("{}/evaluations/{}", name, reporting_year));
  ASSIGN_OR_RETURN(const progress::v1::GetEvaluationResponse found,
                   client->Call(&Progress::GetEvaluation, std::move(request)));
  return found.kpi().name();
}

}  // namespace seisaku::policyctl
