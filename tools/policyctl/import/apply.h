// Sends what an import comes to: at most one command to each service.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "tools/policyctl/import/existing.h"
#include "tools/policyctl/import/import_plan.h"
#include "tools/policyctl/session.h"

namespace seisaku::policyctl::imports {

// What became of the plan. A part that has no changes is not sent.
struct ImportOutcome {
  catalog::v1::ApplyCatalogResponse catalog;     // of the dry run where nothing was written
  progress::v1::ApplyProgressResponse progress;  // likewise; only of KPIs that progress knows already
  bool written = false;
};

// The calls that it takes, for tests: exactly the two services' batch methods.
class ImportTarget {
 public:
  virtual ~ImportTarget() = default;
  virtual absl::StatusOr<catalog::v1::ApplyCatalogResponse> Apply(
      const catalog::v1::ApplyCatalogRequest& request) = 0;
  virtual absl::StatusOr<progress::v1::ApplyProgressResponse> Apply(
      const progress::v1::ApplyProgressRequest& request) = 0;
};

// The services behind a client, which outlives it.
class ClientTarget final : public ImportTarget {
 public:
  explicit ClientTarget(Client& client) : client_(client) {}
  absl::StatusOr<catalog::v1::ApplyCatalogResponse> Apply(
      const catalog::v1::ApplyCatalogRequest& request) override;
  absl::StatusOr<progress::v1::ApplyProgressResponse> Apply(
      const progress::v1::ApplyProgressRequest& request) override;

 private:
  Client& client_;
};

// Validates both parts, then writes both unless `dry_run`. What the first part creates progress cannot know
// before it is written, so that of the second part only changes of other KPIs are validated beforehand, and
// none where nodes begin earlier than before; the planner has checked the rest. Where the second part fails
// after the first was written, `catalog_part_is_in` is told catalog's position and the error is returned: the
// same import finishes the work.
absl::StatusOr<ImportOutcome> ApplyImport(ImportTarget& target, const ImportPlan& plan,
                                          uint64_t catalog_position, bool dry_run,
                                          const std::function<void(uint64_t position)>& catalog_part_is_in);

}  // namespace seisaku::policyctl::imports
