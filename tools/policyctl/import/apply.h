// Sends what an import comes to: a group of commands (tools/policyctl/import_group.h), in most cases one to
// each service.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "services/base/import_part.h"
#include "tools/policyctl/import/command_group.h"
#include "tools/policyctl/import/existing.h"
#include "tools/policyctl/import/import_plan.h"
#include "tools/policyctl/session.h"

namespace seisaku::policyctl::imports {

// What became of the changes to one service.
struct ServiceOutcome {
  uint64_t entries = 0;   // that were added
  uint64_t position = 0;  // of its log behind them; 0 where nothing was written
};

struct ImportOutcome {
  ServiceOutcome catalog;
  ServiceOutcome progress;
  int commands = 0;          // that it takes
  size_t not_validated = 0;  // changes that nobody can validate before others are written
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

// The id of the import of a document into a plan ("plans/strategy"), the same each time.
std::string ImportIdOf(std::string_view plan, const SourceDocument& document);

// The request id of a command of an import, a UUID (RFC 9562 §5.8). It is the same only where all of this is:
// what is sent twice because nobody answered is then recorded once, and what is imported again later is not
// taken for that. `positions` are those of both logs that the import was compared with.
std::string RequestIdOf(const ImportPart& part, const std::vector<uint64_t>& positions,
                        const google::protobuf::Message& request);

struct ApplyOptions {
  std::string import_id;
  uint64_t catalog_position = 0;   // that the import was compared with
  uint64_t progress_position = 0;  // likewise
  bool dry_run = false;
  CommandLimits limits;
  // Told before a command is sent, if set.
  std::function<void(const ImportPart& part)> sending;
  // Told where a command failed after others were recorded, if set: the last of those.
  std::function<void(const ImportPart& recorded, const absl::Status& error)> cut_off;
};

// Validates what can be validated, then writes the commands one after the other unless this is a dry run.
// What an earlier command creates or changes a later one cannot know before that is written: such changes
// are counted as not validated; the planner has checked them. Where a command fails, its error is returned,
// and the same import finishes the work.
absl::StatusOr<ImportOutcome> ApplyImport(ImportTarget& target, const ImportPlan& plan,
                                          const ApplyOptions& options);

}  // namespace seisaku::policyctl::imports
