// Reading what the copy of catalog is verified by.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "services/ledger/tree/checkpoint.h"

namespace seisaku::progress {

// The checkpoint in a signed note, its signatures not looked at: they were verified by the follower before
// the note came into the log, and an auditor verifies them with the key. INVALID_ARGUMENT MALFORMED.
absl::StatusOr<ledger::Checkpoint> CheckpointOfNote(std::string_view note);

}  // namespace seisaku::progress
