// Checkpoints that were kept outside.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/auditor/verify/evidence.h"
#include "tools/bundle/trust.h"

namespace seisaku::auditor {

// Reads each of `paths`: a checkpoint note, or a witness's folder, of which all notes that were accepted are
// taken, one of each size. BUNDLE_UNUSABLE: a file cannot be read, or is no checkpoint; and ReadEvidence's
// errors, with metadata `file`.
absl::StatusOr<std::vector<Evidence>> ReadSince(const std::vector<std::string>& paths,
                                                const bundle::Trust& trust);

}  // namespace seisaku::auditor
