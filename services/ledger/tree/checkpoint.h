// C2SP tlog-checkpoint: the head of a log as the text of a signed note, three lines: origin, size, root in
// base64. Pure and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/ledger/tree/hash.h"
#include "services/ledger/tree/key.h"

namespace seisaku::ledger {

struct Checkpoint {
  std::string origin;  // Names the log; also the name of the key that signs it.
  uint64_t size = 0;   // In leaves.
  Hash root{};

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The three lines, each with its newline. `origin` must be a key name (IsKeyName).
std::string Format(const Checkpoint& checkpoint);

// Reads exactly what Format writes. INVALID_ARGUMENT MALFORMED: anything else, extension lines too, which
// the logs of this project never write, and which nobody could audit.
absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text);

// The signed note of `checkpoint`. INVALID_ARGUMENT MALFORMED: the key is not a log's, or its name is not
// the origin.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const SigningKey& key);

// The checkpoint in the signed note `note`. Besides OpenNote's and ParseCheckpoint's errors:
// FAILED_PRECONDITION ORIGIN_MISMATCH: it is of another log than `origin`. To read the cosignatures too, use
// OpenNote with all keys.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, std::string_view origin,
                                          const VerifierKey& verifier);

}  // namespace seisaku::ledger
