// What a command comes to. Pure: reads the state, changes nothing.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "seisaku/progress/v1/changes.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/caller.h"
#include "services/base/state_machine.h"
#include "services/progress/domain/state.h"

namespace seisaku::progress {

// The event that a change of figures, words or declarations calls for; none where all is so already. Words
// and the reason of a difference are not in the state, so that the same words again are taken for new ones:
// whoever holds the log finds them beforehand (Command::unchanged).
//
// Every error names the field, the resource's or the change's own ("actual.value.number.unit",
// "narrative.text", "assessment.causes[1]", "kpi", "etag", "reason"): INVALID_ARGUMENT REQUIRED_FIELD,
// INVALID_FIELD, INVALID_DECIMAL; NOT_FOUND RESOURCE_NOT_FOUND: the KPI is not known to progress;
// PERMISSION_DENIED ROLE_REQUIRED, DEPARTMENT_SCOPE: the reporter's department is none of the KPI's, or has
// ended by that reporting year (ROLE_REQUIRED where all of the KPI's have); FAILED_PRECONDITION
// ACTUAL_EXISTS, ACTUAL_MISSING, RETIRED, NOT_YET_IN_FORCE: the KPI or a node above it is not part of the
// plan in that reporting year; ABORTED ETAG_MISMATCH.
absl::StatusOr<std::vector<NewEvent>> Decide(const State& state, const v1::Change& change,
                                             const Caller& caller);

// The event by which progress takes over entries of catalog; none where it knows them already. The
// checkpoint's signature was verified beforehand. What only the fold can see, an entry that this build does
// not know, State's Evolve says, which the ledger tries before anything is stored.
//
// PERMISSION_DENIED ROLE_REQUIRED: not a peer. FAILED_PRECONDITION CATALOG_GAP, CATALOG_FORK.
// INVALID_ARGUMENT INVALID_FIELD: the entries are not whole commands; MALFORMED: the checkpoint is none.
absl::StatusOr<std::vector<NewEvent>> Decide(const State& state, const v1::CatalogAdvanced& advance,
                                             const Caller& caller);

}  // namespace seisaku::progress
