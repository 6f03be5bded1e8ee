// The errors of the tree, its notes and its proofs. Reasons are explained in proto/REASONS.md.
#pragma once

#include <cstdint>
#include <string_view>

#include "services/base/status.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::errors {

// INVALID_ARGUMENT MALFORMED: the bytes given as `what` ("hash", "note", "checkpoint", …) do not follow
// their format; metadata `what`, `why`.
absl::Status Malformed(std::string_view what, std::string_view why);
// DATA_LOSS PROOF_INVALID: the proof does not lead to the root it should; metadata `proof`, `why`.
absl::Status ProofInvalid(std::string_view proof, std::string_view why);
// OUT_OF_RANGE TREE_RANGE: a leaf or size that lies outside the tree; metadata `wanted`, `size`.
absl::Status TreeRange(uint64_t wanted, uint64_t size);
// UNAUTHENTICATED SIGNATURE_INVALID: a known key's signature does not fit the note; metadata `key`.
absl::Status SignatureInvalid(std::string_view key_name);
// UNAUTHENTICATED SIGNATURE_MISSING: no key that was asked for has signed the note.
absl::Status SignatureMissing();
// FAILED_PRECONDITION ORIGIN_MISMATCH: a checkpoint of another log; metadata `expected`, `actual`.
absl::Status OriginMismatch(std::string_view expected, std::string_view actual);
// DATA_LOSS LOG_FORK: the log named `origin` has had two histories, both signed; metadata `origin`, the
// `size` at which both are known, and their roots, `expected` and `actual`, in base64.
absl::Status LogFork(std::string_view origin, uint64_t size, const ledger::Hash& expected,
                     const ledger::Hash& actual);
// DATA_LOSS TEXT_DIFFERS: a stored text is not the one that its entry commits to; metadata `expected` and
// `actual`, commitments in base64 or what is wrong with the salt. Callers that know them add `position` and
// `index`.
absl::Status TextDiffers(std::string_view expected, std::string_view actual);
// NOT_FOUND COSIGNATURE_NOT_FOUND: nobody has cosigned a checkpoint of the log.
absl::Status CosignatureNotFound();
// DATA_LOSS LOG_ROLLED_BACK: the log named `origin` has fewer entries than were signed: an older copy was
// restored; metadata `origin`, `kept` and `size` (entries signed, and there), `kept_root` and `root`
// (base64).
absl::Status LogRolledBack(std::string_view origin, uint64_t kept, const ledger::Hash& kept_root,
                           uint64_t size, const ledger::Hash& root);
// FAILED_PRECONDITION LOG_KEY_NOT_CURRENT: the log named `origin` is signed by another key than the one
// given; metadata `origin`, and the verifier keys `expected` and `actual`.
absl::Status LogKeyNotCurrent(std::string_view origin, std::string_view expected, std::string_view actual);
// FAILED_PRECONDITION LOG_UNSEALED: the log named `origin` is from before heads were sealed, and the kept
// checkpoint does not vouch for all of it; metadata `origin`, `kept` and `size` (entries vouched for, and
// there).
absl::Status LogUnsealed(std::string_view origin, uint64_t kept, uint64_t size);
// FAILED_PRECONDITION CHECKPOINT_FILE_UNUSABLE; metadata `file`, `why`.
absl::Status CheckpointFileUnusable(std::string_view file, std::string_view why);

}  // namespace seisaku::errors
