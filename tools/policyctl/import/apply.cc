#include "tools/policyctl/import/apply.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "fmt/format.h"
#include "services/base/ids.h"
#include "services/base/status.h"

namespace seisaku::policyctl::imports {
namespace {

// Whether the catalog part changes in which years the KPIs below a node are part of the plan.
bool ChangesYearsOfNodes(const ImportPlan& plan) {
  return std::any_of(plan.catalog.begin(), plan.catalog.end(), [](const catalog::v1::Change& change) {
    const auto& paths = change.update_node().update_mask().paths();
    return std::find(paths.begin(), paths.end(), "first_year") != paths.end();
  });
}

// The KPIs that the catalog part creates or gives other units, components or years.
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

// The change that a field of a batch lies in: "changes[3].kpi.unit" is in the fourth.
std::optional<int> ChangeOf(const absl::Status& error) {
  const std::optional<google::rpc::BadRequest> bad = GetBadRequest(error);
  if (!bad || bad->field_violations().empty()) return std::nullopt;
  absl::string_view field = bad->field_violations(0).field();
  int index = 0;
  if (!absl::ConsumePrefix(&field, "changes[")) return std::nullopt;
  if (!absl::SimpleAtoi(field.substr(0, field.find(']')), &index)) return std::nullopt;
  return index;
}

// The error with the place in the document that the refused change came from.
template <typename Change>
absl::Status AtItsSource(const absl::Status& error,
                         const google::protobuf::RepeatedPtrField<Change>& changes) {
  const std::optional<int> index = ChangeOf(error);
  if (!index || *index < 0 || *index >= changes.size() || !changes[*index].has_source()) return error;
  const type::v1::SourceCell& source = changes[*index].source();
  Metadata place = {{"file", source.document()}, {"line", fmt::to_string(source.line())}};
  if (source.column() != 0) place.emplace_back("column", fmt::to_string(source.column()));
  return WithMetadata(error, place);
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
    if (ChangesYearsOfNodes(plan_)) return absl::OkStatus();
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
    absl::Status status = ApplyProgress(request);
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
    auto response = target_.Apply(request);
    if (!response.ok()) return AtItsSource(response.status(), request.changes());
    outcome_.catalog = *std::move(response);
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
    auto response = target_.Apply(request);
    if (!response.ok()) return AtItsSource(response.status(), request.changes());
    outcome_.progress = *std::move(response);
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
