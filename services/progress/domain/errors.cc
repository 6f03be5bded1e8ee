#include "services/progress/domain/errors.h"

#include <string>

#include "fmt/format.h"

namespace seisaku::progress::errors {

using absl::StatusCode;

absl::Status ActualExists(std::string_view resource, Position position) {
  return MakeError(StatusCode::kFailedPrecondition, "ACTUAL_EXISTS",
                   fmt::format("{} has another figure; to replace it, correct it", resource),
                   {{"resource", std::string(resource)},
                    {"etag", fmt::to_string(position)},
                    {"expected", "correct_actual"}});
}

absl::Status ActualMissing(std::string_view resource) {
  return MakeError(StatusCode::kFailedPrecondition, "ACTUAL_MISSING",
                   fmt::format("{} has no figure; record one", resource),
                   {{"resource", std::string(resource)}, {"expected", "record_actual"}});
}

absl::Status CatalogGap(Position expected, Position actual) {
  return MakeError(StatusCode::kFailedPrecondition, "CATALOG_GAP",
                   fmt::format("catalog's log is known up to {}, the entries begin at {}", expected, actual),
                   {{"expected", fmt::to_string(expected)}, {"actual", fmt::to_string(actual)}});
}

absl::Status CatalogFork(const ledger::Checkpoint& ours, const ledger::Checkpoint& claimed) {
  std::string expected = ledger::ToBase64(ledger::ToBytes(ours.root));
  std::string actual = ledger::ToBase64(ledger::ToBytes(claimed.root));
  return MakeError(
      StatusCode::kFailedPrecondition, "CATALOG_FORK",
      fmt::format("the entries of {} add up to size {} and root {}, the checkpoint of {} says {} "
                  "and {}",
                  ours.origin, ours.size, expected, claimed.origin, claimed.size, actual),
      {{"size", fmt::to_string(ours.size)},
       {"expected", expected},
       {"actual", actual},
       {"origin", claimed.origin}});
}

absl::Status CatalogPositionNotReached(Position wanted, Position reached) {
  return MakeError(StatusCode::kDeadlineExceeded, "CATALOG_POSITION_NOT_REACHED",
                   fmt::format("catalog's log is known up to {}, the request waited for {}", reached, wanted),
                   {{"wanted", fmt::to_string(wanted)}, {"reached", fmt::to_string(reached)}});
}

}  // namespace seisaku::progress::errors
