// Checkpoints: what a log's entries have to add up to, and who says so.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
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

  std::string from;    // the file that it was in, or the log itself
  std::string folder;  // of a witness, if it was one of several there
  ledger::Checkpoint checkpoint;
  bool kept_outside = false;
  bool is_signed = false;                 // by the log, with a key that is trusted
  std::vector<std::string> other_keys;    // of the log's name that have signed, where none is trusted
  std::vector<Cosignature> cosignatures;  // by those who are trusted
  std::vector<std::string> unfit;         // trusted cosigners, of whom a signature is there that does not fit
  bool holds = false;                     // the entries add up to it
  std::optional<int64_t> recorded_at;     // of the last of its entries, microseconds, where it holds

  // Whether somebody who is trusted stands for it.
  bool is_trusted() const { return is_signed || !cosignatures.empty(); }
};

// Who of the cosigners that are trusted stands for something, and who does not.
struct Quorum {
  size_t wanted = 0;
  std::set<std::string> cosigners, missing;  // by name: two keys of one cosigner count once

  bool is_met() const { return cosigners.size() >= wanted; }
};
Quorum QuorumOf(const bundle::Trust& trust, size_t wanted,
                absl::Span<const Evidence::Cosignature> cosignatures);
// FAILED_PRECONDITION NOT_PROVEN_NO_QUORUM, metadata `log`, `found`, `wanted`, `missing`.
absl::Status NoQuorum(const std::string& log, const Quorum& quorum);

// A cosignature of somebody who is trusted that stands with the log and does not fit its entries: a row or
// line that somebody made up, or entries that were others when it was made. Which of both, nobody can see
// here.
struct UnfitCosignature {
  std::string cosigner;  // "name+id"
  uint64_t size = 0;
};

// Reads a checkpoint note. Where no key of its log is trusted, or another key of its log's name has signed,
// it is not signed; MALFORMED, SIGNATURE_INVALID, SIGNATURE_MISSING: it is no checkpoint, or not one of a key
// of that name. What a cosigner's line is, is nothing that the log answers for: one that does not fit is
// `unfit`.
absl::StatusOr<Evidence> ReadEvidence(std::string from, const std::string& note, const bundle::Trust& trust);

// Adds the cosignatures of those who are trusted in the signed note `note`, and whose lines do not fit it.
void ReadCosignatures(const std::string& note, const bundle::Trust& trust, Evidence& evidence);

// The newest size up to which somebody who is trusted stands for the entries, which add up to it; not beyond
// `first_bad`.
uint64_t ProvenSize(const std::vector<Evidence>& evidences, uint64_t first_bad);

}  // namespace seisaku::auditor
