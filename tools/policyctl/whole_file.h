// Files that people give to policyctl, and those that it writes for them.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace seisaku::policyctl {

// FAILED_PRECONDITION FILE_UNREADABLE, metadata `file`.
absl::Status FileUnreadable(const std::string& path);
// The bytes of `path`, or FileUnreadable: there is none, it is a folder, or not for this user.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

// Makes the file at `path` hold `content`. What is no regular file (a device, a pipe, a link) is written to;
// otherwise the file has all of it or stays as it was: nothing half-written is left on a full disk.
// FAILED_PRECONDITION OUTPUT_UNWRITABLE, with metadata `file` and `why`, the system's words.
absl::Status WriteWholeFile(const std::string& path, std::string_view content);

}  // namespace seisaku::policyctl
