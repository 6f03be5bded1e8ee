// C2SP tlog-checkpoint: the head of a log as the text of a signed note, three lines: origin, size, root in
// base64. Pure and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/ledger/tree/hash.h"
#include "services/ledger/tree/key.h"
#include "services/ledger/tree/note.h"

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
// The same signed by each of `keys`: by the next one of a log beside the one before it.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, absl::Span<const SigningKey> keys);

// The checkpoint in the signed note `note`. Besides OpenNote's and ParseCheckpoint's errors:
// FAILED_PRECONDITION ORIGIN_MISMATCH: it is of another log than `origin`.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, std::string_view origin,
                                          const VerifierKey& verifier);
// The same where any of the log's keys may have signed it: while a key takes another's place there are two.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, std::string_view origin,
                                          absl::Span<const VerifierKey> verifiers);

struct CosignedCheckpoint {
  Checkpoint checkpoint;
  std::vector<VerifiedSignature> cosignatures;  // At least one.
};

// The same for a note that one or more of `cosigners` have cosigned: SIGNATURE_MISSING, too, where none has.
absl::StatusOr<CosignedCheckpoint> OpenCosignedCheckpoint(std::string_view note, std::string_view origin,
                                                          const VerifierKey& verifier,
                                                          absl::Span<const VerifierKey> cosigners);

}  // namespace seisaku::ledger
