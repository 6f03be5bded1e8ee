#include "tools/policyctl/import/apply.h"

#include <set>
#include <string_view>

#include "fmt/format.h"
#include "services/base/ids.h"

namespace seisaku::policyctl::imports {
namespace {

// The KPIs that the catalog part creates or gives other units or components.
std::set<std::string_view> KpisBeingChanged(const ImportPlan& plan) {
  std::set<std::string_view> kpis;
  for (const catalog::v1::Change& change : plan.catalog) {
    if (change.has_create_kpi()) kpis.insert(change.create_kpi().name());
    if (change.has_update_kpi()) kpis.insert(change.update_kpi().kpi().name());
  }
  return kpis;
}

std::string_view KpiOf(const progress::v1::Change& change) {
  switch (change.change_case()) {
    case progress::v1::Change::kRecordActual:
      return change.record_actual().kpi();
    case progress::v1::Change::kCorrectActual:
      return change.correct_actual().actual().kpi();
    case progress::v1::Change::kRetractActual:
      return change.retract_actual().kpi();
    case progress::v1::Change::kRecordNarrative:
      return change.record_narrative().kpi();
    case progress::v1::Change::kRecordAssessment:
      return change.record_assessment().kpi();
    case progress::v1::Change::CHANGE_NOT_SET:
      break;
  }
  return "";
}

class Applying {
 public:
  Applying(ImportTarget& target, const ImportPlan& plan, uint64_t catalog_position)
      : target_(target),
        plan_(plan),
        catalog_position_(catalog_position),
        correlation_id_(fmt::format("import-{}", NewUuid())) {}

  absl::Status Validate() {
    RETURN_IF_ERROR(ApplyCatalog(/*validate_only=*/true));
    progress::v1::ApplyProgressRequest request = ProgressRequest();
    request.set_validate_only(true);
    const std::set<std::string_view> changing = KpisBeingChanged(plan_);
    for (const progress::v1::Change& change : plan_.progress) {
      if (!changing.contains(KpiOf(change))) *request.add_changes() = change;
    }
    return ApplyProgress(request);
  }

  absl::Status Write(const std::function<void(uint64_t)>& catalog_part_is_in) {
    RETURN_IF_ERROR(ApplyCatalog(/*validate_only=*/false));
    if (!plan_.catalog.empty()) catalog_position_ = outcome_.catalog.receipt().position();
    progress::v1::ApplyProgressRequest request = ProgressRequest();
    request.mutable_changes()->Assign(plan_.progress.begin(), plan_.progress.end());
    outcome_.progress.Clear();
    const absl::Status status = ApplyProgress(request);
    if (!status.ok() && !plan_.catalog.empty()) catalog_part_is_in(catalog_position_);
    outcome_.written = status.ok();
    return status;
  }

  ImportOutcome Take() && { return std::move(outcome_); }

 private:
  absl::Status ApplyCatalog(bool validate_only) {
    if (plan_.catalog.empty()) return absl::OkStatus();
    catalog::v1::ApplyCatalogRequest request;
    request.mutable_changes()->Assign(plan_.catalog.begin(), plan_.catalog.end());
    request.set_validate_only(validate_only);
    request.set_correlation_id(correlation_id_);
    ASSIGN_OR_RETURN(outcome_.catalog, target_.Apply(request));
    return absl::OkStatus();
  }

  progress::v1::ApplyProgressRequest ProgressRequest() const {
    progress::v1::ApplyProgressRequest request;
    request.set_correlation_id(correlation_id_);
    request.set_min_catalog_position(catalog_position_);
    return request;
  }

  absl::Status ApplyProgress(const progress::v1::ApplyProgressRequest& request) {
    if (request.changes().empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(outcome_.progress, target_.Apply(request));
    return absl::OkStatus();
  }

  ImportTarget& target_;
  const ImportPlan& plan_;
  uint64_t catalog_position_;
  const std::string correlation_id_;
  ImportOutcome outcome_;
};

}  // namespace

absl::StatusOr<catalog::v1::ApplyCatalogResponse> ClientTarget::Apply(
    const catalog::v1::ApplyCatalogRequest& request) {
  return client_.Call(&Catalog::ApplyCatalog, request);
}

absl::StatusOr<progress::v1::ApplyProgressResponse> ClientTarget::Apply(
    const progress::v1::ApplyProgressRequest& request) {
  return client_.Call(&Progress::ApplyProgress, request);
}

absl::StatusOr<ImportOutcome> ApplyImport(ImportTarget& target, const ImportPlan& plan,
                                          uint64_t catalog_position, bool dry_run,
                                          const std::function<void(uint64_t position)>& catalog_part_is_in) {
  Applying applying(target, plan, catalog_position);
  RETURN_IF_ERROR(applying.Validate());
  if (!dry_run) RETURN_IF_ERROR(applying.Write(catalog_part_is_in));
  return std::move(applying).Take();
}

}  // namespace seisaku::policyctl::imports
