// The errors of bundles.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace seisaku::errors {

// FAILED_PRECONDITION, metadata `file` and `why`: BUNDLE_UNUSABLE, a file or folder cannot be read;
// OUTPUT_UNWRITABLE, one cannot be written.
absl::Status BundleUnusable(std::string_view file, std::string_view why);
absl::Status BundleUnwritable(std::string_view file, std::string_view why);
// FAILED_PRECONDITION BUNDLE_FINISHED: there is a whole log in the folder already; metadata `file`.
absl::Status BundleFinished(std::string_view folder);
// FAILED_PRECONDITION BUNDLE_FORENSIC: it is a damaged log as it was found, which nobody signed; metadata
// `file`.
absl::Status BundleForensic(std::string_view folder);
// ABORTED BUNDLE_IN_USE: another export is writing there; metadata `file`.
absl::Status BundleInUse(std::string_view folder);
// DATA_LOSS BUNDLE_INVALID: what is read is no whole log; metadata `position`, `why`.
absl::Status BundleInvalid(uint64_t position, std::string_view why);

}  // namespace seisaku::errors
