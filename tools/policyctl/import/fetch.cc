#include "tools/policyctl/import/fetch.h"

#include <utility>

namespace seisaku::policyctl::imports {
namespace {

absl::StatusOr<progress::v1::GetProgressSheetResponse> FetchSheet(Client& client, const ExistingPlan& plan,
                                                                  int year) {
  progress::v1::GetProgressSheetRequest request;
  request.set_parent(plan.plan.name());
  request.set_reporting_year(year);
  request.set_min_catalog_position(plan.position);
  return client.CallForAllPages(&Progress::GetProgressSheet, request);
}

absl::Status FetchOtherYears(Client& client, const ExistingPlan& plan, int year, ExistingFigures& figures) {
  for (const int other : YearsOf(plan, figures.actuals)) {
    if (other == year) continue;
    ASSIGN_OR_RETURN(const progress::v1::GetProgressSheetResponse sheet, FetchSheet(client, plan, other));
    figures.other_years[other] = ToOtherYear(sheet);
  }
  return absl::OkStatus();
}

absl::Status FetchAssessments(Client& client, const ExistingPlan& plan, int year, ExistingFigures& figures) {
  ASSIGN_OR_RETURN(progress::v1::GetProgressSheetResponse sheet, FetchSheet(client, plan, year));
  figures.position = sheet.position();
  for (progress::v1::SheetRow& row : *sheet.mutable_rows()) {
    if (!row.evaluation().has_official()) continue;
    progress::v1::OfficialAssessment& official = *row.mutable_evaluation()->mutable_official();
    official.set_kpi(row.kpi().name());
    figures.assessments.push_back(std::move(official));
  }
  return absl::OkStatus();
}

absl::Status FetchActuals(Client& client, const std::string& kpi, ExistingFigures& figures) {
  progress::v1::ListActualsRequest request;
  request.set_parent(kpi);
  request.set_show_history(true);
  ASSIGN_OR_RETURN(progress::v1::ListActualsResponse actuals,
                   client.CallForAllPages(&Progress::ListActuals, request));
  for (progress::v1::Actual& actual : *actuals.mutable_actuals()) {
    figures.actuals.push_back(std::move(actual));
  }
  return absl::OkStatus();
}

absl::Status FetchNarratives(Client& client, const std::string& kpi, int year, ExistingFigures& figures) {
  progress::v1::ListNarrativesRequest narratives_request;
  narratives_request.set_parent(kpi);
  narratives_request.set_reporting_year(year);
  narratives_request.set_show_retracted(true);
  ASSIGN_OR_RETURN(progress::v1::ListNarrativesResponse narratives,
                   client.Call(&Progress::ListNarratives, narratives_request));
  for (progress::v1::Narrative& narrative : *narratives.mutable_narratives()) {
    figures.narratives.push_back(std::move(narrative));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExistingPlan> FetchPlan(Client& client, const std::string& plan) {
  ExistingPlan existing;
  catalog::v1::GetPlanRequest plan_request;
  plan_request.set_name(plan);
  ASSIGN_OR_RETURN(catalog::v1::GetPlanResponse found, client.Call(&Catalog::GetPlan, plan_request));
  existing.plan = std::move(*found.mutable_plan());
  catalog::v1::GetTreeRequest tree_request;
  tree_request.set_parent(plan);
  ASSIGN_OR_RETURN(catalog::v1::GetTreeResponse tree,
                   client.CallForAllPages(&Catalog::GetTree, tree_request));
  for (catalog::v1::TreeItem& item : *tree.mutable_items()) {
    if (item.has_node()) existing.nodes.push_back(std::move(*item.mutable_node()));
    if (item.has_kpi()) existing.kpis.push_back(std::move(*item.mutable_kpi()));
  }
  existing.position = tree.position();
  ASSIGN_OR_RETURN(catalog::v1::ListDepartmentsResponse departments,
                   client.CallForAllPages(&Catalog::ListDepartments, {}));
  for (catalog::v1::Department& department : *departments.mutable_departments()) {
    existing.departments.push_back(std::move(department));
  }
  return existing;
}

absl::StatusOr<ExistingFigures> FetchFigures(Client& client, const ExistingPlan& plan, int reporting_year,
                                             const ReadingProgress& progress) {
  ExistingFigures figures;
  if (plan.kpis.empty()) return figures;
  RETURN_IF_ERROR(FetchAssessments(client, plan, reporting_year, figures));
  const int total = static_cast<int>(plan.kpis.size());
  for (int done = 0; done < total; ++done) {
    progress(done, total);
    const std::string& kpi = plan.kpis[static_cast<size_t>(done)].name();
    RETURN_IF_ERROR(FetchActuals(client, kpi, figures));
    RETURN_IF_ERROR(FetchNarratives(client, kpi, reporting_year, figures));
  }
  RETURN_IF_ERROR(FetchOtherYears(client, plan, reporting_year, figures));
  return figures;
}

}  // namespace seisaku::policyctl::imports
