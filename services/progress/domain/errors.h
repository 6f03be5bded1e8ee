// Errors that only progress makes (see proto/REASONS.md).
#pragma once

#include <string_view>

#include "services/base/errors.h"
#include "services/base/revisions.h"
#include "services/base/status.h"
#include "services/ledger/tree/checkpoint.h"

namespace seisaku::progress::errors {

using namespace seisaku::errors;

// FAILED_PRECONDITION ACTUAL_EXISTS: the figure is there and is another one; metadata `resource`, `etag` (its
// position), `expected` ("correct_actual": how to go on).
absl::Status ActualExists(std::string_view resource, Position position);
// FAILED_PRECONDITION ACTUAL_MISSING: there is no figure to correct or to take back; metadata `resource`,
// `expected` ("record_actual").
absl::Status ActualMissing(std::string_view resource);
// FAILED_PRECONDITION CATALOG_GAP: the entries do not begin where progress's knowledge ends; metadata
// `expected`, `actual` (positions in catalog's log).
absl::Status CatalogGap(Position expected, Position actual);
// FAILED_PRECONDITION CATALOG_FORK: the entries copied so far and `claimed` are not one log; metadata `size`,
// `expected`, `actual` (roots), `origin`.
absl::Status CatalogFork(const ledger::Checkpoint& ours, const ledger::Checkpoint& claimed);
// DEADLINE_EXCEEDED CATALOG_POSITION_NOT_REACHED: progress did not get to know so much of catalog's log in
// time; metadata `wanted`, `reached`.
absl::Status CatalogPositionNotReached(Position wanted, Position reached);

}  // namespace seisaku::progress::errors
