// What a file of evidence shows.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "tools/bundle/trust.h"
#include "tools/policyctl/session.h"

namespace seisaku::auditor {

// Verifies the evidence in `file` and shows the judgement with its derivation, and what that proves and what
// not. Errors: VerifyEvidence's, but INVALID_ARGUMENT EVIDENCE_UNREADABLE (metadata `file`, `why`) for a file
// that holds something else or breaks off; BUNDLE_UNUSABLE: the file cannot be read.
absl::Status ShowEvidence(policyctl::Session& session, const std::string& file, const bundle::Trust& trust);

}  // namespace seisaku::auditor
