// What a file of evidence shows.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/auditor/evidence/evidence.h"
#include "tools/auditor/verify/evidence.h"
#include "tools/bundle/trust.h"
#include "tools/policyctl/csv.h"
#include "tools/policyctl/session.h"

namespace seisaku::auditor {

// Verifies the evidence in `file`, compares its checkpoints with those that were kept (`since`), and shows
// what is proven, what is only claimed, and what would prove that. Errors: VerifyEvidence's, but
// INVALID_ARGUMENT EVIDENCE_UNREADABLE (metadata `file`, `why`) for a file that holds something else or
// breaks off; BUNDLE_UNUSABLE: the file cannot be read; LOG_FORK: a kept checkpoint of the same size has
// another root; SIGNATURE_MISSING: nobody who is trusted stands for a kept one; SINCE_NOT_USED (metadata
// `file`, `since`): there are kept ones, and all are of logs of which the evidence has no entry;
// NOT_PROVEN_NO_QUORUM: fewer than `quorum` cosigners stand for a checkpoint.
absl::Status ShowEvidence(policyctl::Session& session, const std::string& file, const bundle::Trust& trust,
                          const std::vector<Evidence>& since, size_t quorum);

// The rest is for that, and for tests.

// A log of which the evidence has entries, who stands for its checkpoint, and what was kept of it.
struct EvidenceLog {
  ProvenLog proven;
  Evidence signers;                   // of its note: `cosignatures` and `unfit`
  std::vector<Evidence> same;         // kept checkpoints that are the same
  std::vector<Evidence> other_sizes;  // of which nothing can be concluded: that needs the log between them
};
struct EvidenceReport {
  VerifiedEvidence evidence;
  std::vector<EvidenceLog> logs;
  // Kept checkpoints of logs of which there is no entry: whoever has no figure has entries of catalog only.
  // Of a witness's folder one.
  std::vector<Evidence> of_other_logs;
};
// Errors: as above.
absl::StatusOr<EvidenceReport> ReportOn(VerifiedEvidence evidence, const std::string& file,
                                        const bundle::Trust& trust, const std::vector<Evidence>& since);

// "proven" and "claimed" apart. DATA_LOSS where an entry cannot be shown.
absl::StatusOr<std::string> ToJson(const EvidenceReport& report);
std::string InWords(const EvidenceReport& report, policyctl::Language language);
policyctl::Records ToRecords(const EvidenceReport& report, policyctl::Language language);

}  // namespace seisaku::auditor
