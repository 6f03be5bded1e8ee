// Checkpoints: what a log's entries have to add up to, and who says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/ledger/tree/checkpoint.h"
#include "tools/bundle/trust.h"

namespace seisaku::auditor {

// A checkpoint and who has signed it. The time of a cosignature is the only one in a log that does not come
// from the city itself.
struct Evidence {
  struct Cosignature {
    std::string cosigner;
    absl::Time at;
  };

  std::string from;  // the file that it was in, or the log itself
  ledger::Checkpoint checkpoint;
  bool kept_outside = false;
  bool is_signed = false;                 // by the log, with a key that is trusted
  std::vector<Cosignature> cosignatures;  // by those who are trusted
  bool holds = false;                     // the entries add up to it
  std::optional<int64_t> recorded_at;     // of the last of its entries, microseconds, where it holds

  // Whether somebody who is trusted stands for it.
  bool is_trusted() const { return is_signed || !cosignatures.empty(); }
};

// Reads a checkpoint note. Where no key of its log is trusted it is not signed; MALFORMED, SIGNATURE_INVALID,
// SIGNATURE_MISSING: it is no checkpoint, or not one of that key.
absl::StatusOr<Evidence> ReadEvidence(std::string from, const std::string& note, const bundle::Trust& trust);

// Who of the cosigners that are trusted has signed the note. SIGNATURE_INVALID.
absl::StatusOr<std::vector<Evidence::Cosignature>> ReadCosignatures(const std::string& note,
                                                                    const bundle::Trust& trust);

// The newest size up to which somebody who is trusted stands for the entries, which add up to it; not beyond
// `first_bad`.
uint64_t ProvenSize(const std::vector<Evidence>& evidences, uint64_t first_bad);

}  // namespace seisaku::auditor
