// The errors of bundles.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace seisaku::errors {

// FAILED_PRECONDITION BUNDLE_UNUSABLE: a file or folder cannot be read or written; metadata `file`, `why`.
absl::Status BundleUnusable(std::string_view file, std::string_view why);
// DATA_LOSS BUNDLE_INVALID: what is read is no whole log; metadata `position`, `why`.
absl::Status BundleInvalid(uint64_t position, std::string_view why);

}  // namespace seisaku::errors
