#include "tools/policyctl/import/apply.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "fmt/format.h"
#include "services/base/status.h"

namespace seisaku::policyctl::imports {
namespace {

// Whether the catalog part changes in which years the KPIs below a node are part of the plan.
bool ChangesYearsOfNodes(const std::vector<catalog::v1::Change>& changes) {
  return std::any_of(changes.begin(), changes.end(), [](const catalog::v1::Change& change) {
    const auto& paths = change.update_node().update_mask().paths();
    return std::find(paths.begin(), paths.end(), "first_year") != paths.end();
  });
}

// The KPIs that the catalog part creates or gives other units, components or years.
std::set<std::string_view> KpisBeingChanged(const std::vector<catalog::v1::Change>& changes) {
  std::set<std::string_view> kpis;
  for (const catalog::v1::Change& change : changes) {
    if (change.has_create_kpi()) kpis.insert(change.create_kpi().name());
    if (change.has_update_kpi()) kpis.insert(change.update_kpi().kpi().name());
  }
  return kpis;
}

// What a change makes or changes, then what it refers to.
std::vector<std::string_view> ResourcesOf(const catalog::v1::Change& change) {
  using Change = catalog::v1::Change;
  const auto with_departments = [](std::vector<std::string_view> names, const auto& resource) {
    names.insert(names.end(), resource.departments().begin(), resource.departments().end());
    return names;
  };
  switch (change.change_case()) {
    case Change::kCreateNode:
      return {change.create_node().name(), change.create_node().parent()};
    case Change::kUpdateNode:
      return with_departments({change.update_node().node().name()}, change.update_node().node());
    case Change::kRetireNode:
      return {change.retire_node().name()};
    case Change::kCreateKpi:
      return with_departments({change.create_kpi().name(), change.create_kpi().node()}, change.create_kpi());
    case Change::kUpdateKpi:
      return with_departments({change.update_kpi().kpi().name(), change.update_kpi().kpi().node()},
                              change.update_kpi().kpi());
    case Change::kRetireKpi:
      return {change.retire_kpi().name()};
    case Change::kSetTarget:
      return {change.set_target().kpi()};
    case Change::kCreateDepartment:
      return {change.create_department().name()};
    default:
      return {};
  }
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

std::string Sha256(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return {digest.begin(), digest.end()};
}

class Applying {
 public:
  Applying(ImportTarget& target, const ImportPlan& plan, const ApplyOptions& options)
      : target_(target),
        options_(options),
        catalog_(plan.catalog),
        progress_(plan.progress),
        catalog_slices_(CutCatalog(catalog_, options.limits)),
        progress_slices_(CutProgress(progress_, options.limits)),
        catalog_position_(options.catalog_position) {
    outcome_.commands = static_cast<int>(catalog_slices_.size() + progress_slices_.size());
  }

  absl::Status Validate() {
    RETURN_IF_ERROR(ValidateCatalog());
    return ValidateProgress();
  }

  absl::Status Write() {
    int part = 0;
    const auto send = [&](absl::Status status) {
      if (!status.ok() && part > 1 && options_.cut_off) options_.cut_off(Part(part - 1), status);
      return status;
    };
    for (const Slice& slice : catalog_slices_) RETURN_IF_ERROR(send(WriteCatalog(slice, ++part)));
    for (const Slice& slice : progress_slices_) RETURN_IF_ERROR(send(WriteProgress(slice, ++part)));
    outcome_.written = true;
    return absl::OkStatus();
  }

  ImportOutcome Take() && { return outcome_; }

 private:
  ImportPart Part(int part) const { return {options_.import_id, part, outcome_.commands}; }

  absl::Status ValidateCatalog() {
    const bool years_change = ChangesYearsOfNodes(catalog_);
    std::set<std::string_view> earlier;  // what the commands before make or change
    for (const Slice& slice : catalog_slices_) {
      catalog::v1::ApplyCatalogRequest request;
      request.set_validate_only(true);
      std::set<std::string_view> own;
      for (size_t i = slice.begin; i < slice.end; ++i) {
        const std::vector<std::string_view> resources = ResourcesOf(catalog_[i]);
        const bool depends = slice.begin > 0 &&
                             (years_change || std::any_of(resources.begin(), resources.end(),
                                                          [&](auto name) { return earlier.contains(name); }));
        if (!resources.empty()) (depends ? earlier : own).insert(resources[0]);
        if (depends) {
          ++outcome_.not_validated;
        } else {
          *request.add_changes() = catalog_[i];
        }
      }
      earlier.merge(own);
      if (request.changes().empty()) continue;
      const auto response = target_.Apply(request);
      if (!response.ok()) return AtItsSource(response.status(), request.changes());
    }
    return absl::OkStatus();
  }

  absl::Status ValidateProgress() {
    const std::set<std::string_view> changing = KpisBeingChanged(catalog_);
    std::vector<progress::v1::Change> changes;
    for (const progress::v1::Change& change : progress_) {
      if (!changing.contains(KpiOf(change))) changes.push_back(change);
    }
    if (ChangesYearsOfNodes(catalog_)) changes.clear();
    outcome_.not_validated += progress_.size() - changes.size();
    for (const Slice& slice : CutProgress(changes, options_.limits)) {
      progress::v1::ApplyProgressRequest request = Request(changes, slice);
      request.set_validate_only(true);
      const auto response = target_.Apply(request);
      if (!response.ok()) return AtItsSource(response.status(), request.changes());
    }
    return absl::OkStatus();
  }

  progress::v1::ApplyProgressRequest Request(const std::vector<progress::v1::Change>& changes,
                                             const Slice& slice) const {
    progress::v1::ApplyProgressRequest request;
    for (size_t i = slice.begin; i < slice.end; ++i) *request.add_changes() = changes[i];
    request.set_min_catalog_position(catalog_position_);
    return request;
  }

  absl::Status WriteCatalog(const Slice& slice, int part) {
    catalog::v1::ApplyCatalogRequest request;
    for (size_t i = slice.begin; i < slice.end; ++i) *request.add_changes() = catalog_[i];
    RETURN_IF_ERROR(Send(request, part, outcome_.catalog));
    catalog_position_ = outcome_.catalog.position;
    return absl::OkStatus();
  }

  absl::Status WriteProgress(const Slice& slice, int part) {
    progress::v1::ApplyProgressRequest request = Request(progress_, slice);
    return Send(request, part, outcome_.progress);
  }

  template <typename Request>
  absl::Status Send(Request& request, int number, ServiceOutcome& outcome) {
    const ImportPart part = Part(number);
    if (options_.sending) options_.sending(part);
    request.set_correlation_id(CorrelationOf(part));
    request.set_request_id(
        RequestIdOf(part, {options_.catalog_position, options_.progress_position}, request));
    const auto response = target_.Apply(request);
    if (!response.ok()) return AtItsSource(response.status(), request.changes());
    outcome.entries += response->receipt().entries();
    outcome.position = response->receipt().position();
    return absl::OkStatus();
  }

  ImportTarget& target_;
  const ApplyOptions& options_;
  std::vector<catalog::v1::Change> catalog_;
  std::vector<progress::v1::Change> progress_;
  const std::vector<Slice> catalog_slices_;
  const std::vector<Slice> progress_slices_;
  uint64_t catalog_position_;
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

std::string ImportIdOf(std::string_view plan, const SourceDocument& document) {
  return absl::BytesToHexString(Sha256(fmt::format("{}\n{}", plan, document.sha256)).substr(0, 8));
}

std::string RequestIdOf(const ImportPart& part, const std::vector<uint64_t>& positions,
                        const google::protobuf::Message& request) {
  std::string bytes = Sha256(fmt::format("{}\n{}\n{}", CorrelationOf(part), fmt::join(positions, " "),
                                         request.SerializeAsString()))
                          .substr(0, 16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x80);  // version 8
  bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);  // the variant
  const std::string hex = absl::BytesToHexString(bytes);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

absl::StatusOr<ImportOutcome> ApplyImport(ImportTarget& target, const ImportPlan& plan,
                                          const ApplyOptions& options) {
  Applying applying(target, plan, options);
  RETURN_IF_ERROR(applying.Validate());
  if (!options.dry_run) RETURN_IF_ERROR(applying.Write());
  return std::move(applying).Take();
}

}  // namespace seisaku::policyctl::imports
