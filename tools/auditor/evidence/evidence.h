// Files that show what one judgement follows from (seisaku/progress/v1/evidence.proto).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "seisaku/progress/v1/evidence.pb.h"
#include "tools/auditor/archive/archived_city.h"
#include "tools/auditor/evidence/proven_entries.h"
#include "tools/bundle/trust.h"

namespace seisaku::auditor {

// The entries that `judgement` rests on, which `city` gave with its provenance, as a file. Errors: the
// archive's; EVIDENCE_INVALID: something else follows from them, or a text is not what its entry commits to.
absl::StatusOr<std::string> MakeEvidence(ArchivedCity& city,
                                         const progress::v1::GetEvaluationResponse& judgement);

// What a file of evidence proves. Nothing in it is taken from what the file says besides its entries.
struct VerifiedEvidence {
  ProvenEntries proven;
  // What follows from these entries alone, as Derive has it.
  progress::v1::GetEvaluationResponse follows;
};

// Sees that each entry is in its log as a trusted key signed it, with its texts, that each bears on the
// judgement named, and derives the judgement. What a "seisaku-evidence/1" file says of the judgement is
// compared and not taken. INVALID_ARGUMENT MALFORMED: it is no such file. Errors: Prove's, Derive's and
// CompareTold's.
absl::StatusOr<VerifiedEvidence> VerifyEvidence(std::string_view json, const bundle::Trust& trust);

// Something that has to be so for the judgement to be the one in force, and that only the whole logs show.
struct Claim {
  enum class Kind {
    kNotReplaced,    // no later entry replaced the input at `position` of `log`
    kNone,           // there is none of this input in force
    kCatalogCopied,  // progress judged by these entries of catalog
    kTextWithdrawn,  // the text `text` of that entry, which is not here, was withdrawn
  };
  Kind kind = Kind::kNone;
  std::string input;      // "direction", "rule", "target", "actual", "official"
  std::string component;  // of an actual
  std::string log;
  std::optional<Position> position;  // of kNotReplaced and kTextWithdrawn
  std::optional<uint32_t> text;      // of kTextWithdrawn: TextRef.index
};
std::vector<Claim> ClaimsOf(const VerifiedEvidence& evidence);

}  // namespace seisaku::auditor
