// What a change comes to: the decisions of catalog.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "seisaku/catalog/v1/changes.pb.h"
#include "services/base/caller.h"
#include "services/base/state_machine.h"
#include "services/catalog/domain/state.h"

namespace seisaku::catalog {

// Decides `change` against all that `state` has folded: one event, or none where everything would stay as it
// is (a resource created again with the same content, the same target again). `recorded_at` says which year
// it is: a department's title may be another's that has ended by then. Pure.
//
// Every error names the field, the resource's or the change's own ("node.title", "target.values[0].value",
// "update_mask", "from_year", "reason"):
// INVALID_ARGUMENT INVALID_FIELD, REQUIRED_FIELD, INVALID_DECIMAL; NOT_FOUND RESOURCE_NOT_FOUND;
// ALREADY_EXISTS RESOURCE_EXISTS (with other content), TITLE_TAKEN (departments);
// ABORTED ETAG_MISMATCH; FAILED_PRECONDITION RETIRED (retired before, from another year; or a target for a
// year in which its KPI has ended).
absl::StatusOr<std::vector<NewEvent>> Decide(const State& state, const v1::Change& change,
                                             const Caller& caller, absl::Time recorded_at);

}  // namespace seisaku::catalog
