// An entry about the log itself that seisaku-admin appends.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "services/ledger/batch.h"
#include "services/ledger/log_store.h"
#include "services/ledger/tree/key.h"
#include "services/ledger/tree/tiles.h"

namespace seisaku::admin {

// OK where `reason`, given as --reason, can stand beside an entry; else INVALID_ARGUMENT.
absl::Status CheckReason(const std::string& reason);

// When an entry behind `locked.head` is recorded: PostgreSQL's clock, and later than the last one. UNAVAILABLE
// CLOCK_UNSOUND: it is far from the host's, or behind the last entry.
absl::StatusOr<int64_t> RecordedAt(const ledger::LockedHead& locked);

// The entry of `event`, a command of its own, with `reason` as its only text, which the event refers to. Its
// actor is "seisaku-admin": no service authenticated anybody.
ledger::NewEntry OwnEntry(const log::v1::LogEvent& event, const std::string& reason,
                          int64_t recorded_at_micros);

// Appends that entry, and it alone, to the log whose head is locked and whose tree has `edge`, and seals it.
absl::Status AppendOwn(postgres::Transaction& transaction, const ledger::Head& head, ledger::TileBuilder edge,
                       const log::v1::LogEvent& event, const std::string& reason, int64_t recorded_at_micros,
                       const ledger::SigningKey& key);

}  // namespace seisaku::admin
