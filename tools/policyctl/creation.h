// When something that a read as of an earlier time does not find was created.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "tools/policyctl/client.h"

namespace seisaku::policyctl {

// For RESOURCE_NOT_FOUND of a plan, or of something in one, that was asked for `as_of` then, as it was typed:
// where it was created later, NOT_FOUND NOT_YET_THERE with the metadata `resource`, `as_of`, `created` (the
// day in Tokyo, "2026-11-20") and `position` (the size of catalog's log with it). Any other error, and one of
// which that cannot be known, as it is. Asks catalog some thirty times.
absl::Status WithCreation(Client& client, const absl::Status& error, std::string_view as_of);

}  // namespace seisaku::policyctl
