// Files that policyctl writes for people.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace seisaku::policyctl {

// Makes the file at `path` hold `content`. What is no regular file (a device, a pipe, a link) is written to;
// otherwise the file has all of it or stays as it was: nothing half-written is left on a full disk.
// FAILED_PRECONDITION OUTPUT_UNWRITABLE, with metadata `file` and `why`, the system's words.
absl::Status WriteWholeFile(const std::string& path, std::string_view content);

}  // namespace seisaku::policyctl
