// Files that prove one judgement alone (seisaku/progress/v1/evidence.proto).
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "seisaku/progress/v1/evidence.pb.h"
#include "tools/auditor/archive/archived_city.h"
#include "tools/bundle/trust.h"

namespace seisaku::auditor {

// The evidence of `judgement`, which `city` gave with its provenance, as JSON. Errors: the archive's.
absl::StatusOr<std::string> MakeEvidence(ArchivedCity& city,
                                         const progress::v1::GetEvaluationResponse& judgement);

// Sees that each entry is in its log as a trusted key signed it, with its texts; that the provenance is of
// these entries; and that the judgement follows from them. Returns the evidence. INVALID_ARGUMENT MALFORMED:
// it is no such file; DATA_LOSS EVIDENCE_INVALID, metadata `position`, `expected`, `actual`; PROOF_INVALID;
// bundle::Trust::Open's errors.
absl::StatusOr<progress::v1::JudgementEvidence> VerifyEvidence(std::string_view json,
                                                               const bundle::Trust& trust);

}  // namespace seisaku::auditor
