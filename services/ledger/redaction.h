// Withdrawing a free text for good.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/ledger/ledger.h"

namespace seisaku::ledger {

// What a command carries to have text `index` beside the entry at `position` deleted for `reason`; nullopt:
// it is deleted already. Reads PostgreSQL. NOT_FOUND TEXT_NOT_FOUND: the log has no such text.
//
// Of two who withdraw the same text at the same time, both may be recorded.
absl::StatusOr<std::optional<Command::Redaction>> ToRedaction(Ledger& ledger, Position position,
                                                              uint32_t index, std::string reason);

}  // namespace seisaku::ledger
