// Watches that a log only grows, and says so with a signature.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/key.h"
#include "tools/auditor/log_client.h"
#include "tools/auditor/note_folder.h"

namespace seisaku::auditor {

// Whose log it is, and who watches it.
struct Witness {
  std::vector<ledger::VerifierKey>
      log;                      // at least one; more while the log changes its key; all of one origin
  ledger::SigningKey cosigner;  // of type kCosigner

  const std::string& origin() const { return log.front().name(); }
};

// What was accepted.
struct Accepted {
  ledger::Checkpoint checkpoint;
  std::optional<uint64_t> previous_size;  // of the checkpoint that it extends; nullopt: the first one seen
  std::string note;                       // signed by the log and by the witness
};

// Takes the newest checkpoint, sees that it is signed by the log and extends what was accepted before, keeps
// it with the witness's cosignature of `now`, and only then gives that to the log. Of each size the note with
// the first cosignature is kept for ever, so that an export of any day can be compared with what was seen
// then.
//
// A log that does not extend what was accepted is refused: nothing is cosigned, both notes are kept as
// evidence, and every later call refuses it again. DATA_LOSS LOG_FORK: two roots of one size, both signed
// (metadata `origin`, `size`, `expected`, `actual`); LOG_SHRUNKEN: it ends before what was accepted
// (`origin`, `expected` and `actual` size); PROOF_INVALID: it does not prove that it extends it. Each with
// metadata `evidence`, the paths of the notes. Other errors are the log's, the folder's, and those of a
// checkpoint that is not what it should be (MALFORMED, SIGNATURE_INVALID, SIGNATURE_MISSING,
// ORIGIN_MISMATCH; with metadata `file` where it is the one that was accepted). PERMISSION_DENIED
// COSIGNER_UNKNOWN (metadata `cosigner`): the log does not know the witness's key. After an error of
// AddCosignature the checkpoint stays accepted.
absl::StatusOr<Accepted> AcceptNewest(const Witness& witness, WitnessedLog& log, const NoteFolder& folder,
                                      absl::Time now);

// Whether `status` says that the log contradicts what it said before.
bool IsContradiction(const absl::Status& status);

}  // namespace seisaku::auditor
