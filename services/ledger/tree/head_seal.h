// The seal of a log's head: an Ed25519 signature by the log's key over origin, size, root and the time of the
// last command. It stands beside the head in the database, so that nobody extends the log without the key.
// Pure and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/key.h"

namespace seisaku::ledger {

// Key id (4 bytes, big-endian, as in C2SP signed-note) and signature (64 bytes).
inline constexpr size_t kSealBytes = 68;

// The seal of a log that has the tree of `head` and whose last command was recorded at `recorded_at_micros`
// (microseconds since the epoch; 0 where the log is empty). What is signed:
//   "seisaku head seal v1\n" origin "\n" size "\n" base64(root) "\n" recorded_at_micros "\n"
// Its first line has spaces, so it is no origin: no checkpoint and no cosignature can be taken for a seal,
// nor a seal for one of them. `key` is the log's and bears its origin.
std::string SealHead(const Checkpoint& head, int64_t recorded_at_micros, const SigningKey& key);

// OK where one of `keys` (of type kLog, named by the origin) made `seal` of just this head. DATA_LOSS
// LOG_CORRUPT: it has no seal, or none of the keys made it.
absl::Status CheckSeal(const Checkpoint& head, int64_t recorded_at_micros, std::string_view seal,
                       absl::Span<const VerifierKey> keys);

}  // namespace seisaku::ledger
