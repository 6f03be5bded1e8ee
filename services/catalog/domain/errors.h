// Errors that only catalog makes (see proto/REASONS.md).
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/base/revisions.h"

namespace seisaku::catalog::errors {

// FAILED_PRECONDITION TITLE_NOT_UNIQUE: a KPI was asked for by a title that several have; metadata `title`,
// `resources` (their names, separated by commas).
absl::Status TitleNotUnique(std::string_view title, const std::vector<std::string>& resources);

// ALREADY_EXISTS TITLE_TAKEN: `field` holds a title that must be unique and `resource` has; metadata `title`,
// `resource`.
absl::Status TitleTaken(std::string_view field, std::string_view title, std::string_view resource);

// FAILED_PRECONDITION RETIRED: `resource` has ended; metadata `resource`, `retired_from_year`.
absl::Status Retired(std::string_view resource, int retired_from_year);

// FAILED_PRECONDITION NOT_YET_IN_FORCE: `resource` is part of the plan from a later year on; metadata
// `resource`, `first_year`.
absl::Status NotYetInForce(std::string_view resource, int first_year);

// ABORTED ETAG_MISMATCH unless `expected` is empty or the text of `last_change`.
absl::Status CheckEtag(std::string_view resource, std::string_view expected, Position last_change);

}  // namespace seisaku::catalog::errors
