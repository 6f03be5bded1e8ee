// min_catalog_position.
#pragma once

#include "absl/status/status.h"
#include "services/ledger/ledger.h"
#include "services/progress/domain/state.h"
#include "services/rpc/transport/call.h"

namespace seisaku::progress {

// OK as soon as the published log knows `wanted` entries of catalog; DEADLINE_EXCEEDED
// CATALOG_POSITION_NOT_REACHED at the call's deadline; WouldWait() where it may not wait;
// CallContext::Alive's errors.
absl::Status WaitForCatalog(ledger::LogReader& ledger, const State& state, Position wanted,
                            const rpc::CallContext& call);

}  // namespace seisaku::progress
