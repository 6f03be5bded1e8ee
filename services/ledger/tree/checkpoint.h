// The head of a log, signed in two ways: as a C2SP tlog-checkpoint, which is handed out, and as a seal, which
// stands beside the head in the database. Pure and thread-safe.
//
// A checkpoint is the text of a signed note with three lines: origin, size, and root in base64. A seal is an
// Ed25519 signature by the log's key over origin, size, root and the time of the last command. Without the key
// nobody can extend a sealed log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
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

// Parses exactly what Format writes. INVALID_ARGUMENT MALFORMED: anything else, extension lines included: no log
// of this project writes them, and nobody could audit them.
absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text);

// The signed note of `checkpoint`. INVALID_ARGUMENT MALFORMED: the key is not a log's, or its name is not
// the origin.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const SigningKey& key);
// The same, signed by each of `keys`: during a key rotation there are two.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, absl::Span<const SigningKey> keys);

// The checkpoint in the signed note `note`. Besides OpenNote's and ParseCheckpoint's errors:
// FAILED_PRECONDITION ORIGIN_MISMATCH: it is of another log than `origin`.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, std::string_view origin,
                                          const VerifierKey& verifier);
// The same, signed by any of `verifiers`: during a key rotation there are two.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, std::string_view origin,
                                          absl::Span<const VerifierKey> verifiers);

struct CosignedCheckpoint {
  Checkpoint checkpoint;
  std::vector<VerifiedSignature> cosignatures;  // At least one.
};

// The same for a note that at least one of `cosigners` has cosigned; else SIGNATURE_MISSING.
absl::StatusOr<CosignedCheckpoint> OpenCosignedCheckpoint(std::string_view note, std::string_view origin,
                                                          const VerifierKey& verifier,
                                                          absl::Span<const VerifierKey> cosigners);

// Key id (4 bytes, big-endian, as in C2SP signed-note) and signature (64 bytes).
inline constexpr size_t kSealBytes = 68;

// The seal of a log that has the tree of `head` and whose last command was recorded at `recorded_at_micros`
// (microseconds since the epoch; 0: the log is empty). `key` is the log's and bears its origin. It signs:
//   "seisaku head seal v1\n" origin "\n" size "\n" base64(root) "\n" recorded_at_micros "\n"
// The first line has spaces, so it is no origin: nobody can take a checkpoint or a cosignature for a seal, nor a
// seal for one of them.
std::string SealHead(const Checkpoint& head, int64_t recorded_at_micros, const SigningKey& key);

// OK where one of `keys` (of type kLog, named by the origin) made `seal` for exactly this head. DATA_LOSS
// LOG_CORRUPT: there is no seal, or none of the keys made it.
absl::Status CheckSeal(const Checkpoint& head, int64_t recorded_at_micros, std::string_view seal,
                       absl::Span<const VerifierKey> keys);

}  // namespace seisaku::ledger
