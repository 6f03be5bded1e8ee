// Whole small files.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace seisaku {

// Errors of all of these: FAILED_PRECONDITION without details, with what was done and errno's text.

// The bytes of `path`. An error: it cannot be read, or is a folder.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Makes `path` hold `content`; readers see all of it or what was there before. After a loss of power it may
// hold neither.
absl::Status WriteFileAtomically(const std::string& path, std::string_view content);

// The same, flushed to the disk before it takes the name, and the folder flushed afterwards: after a loss of
// power too it holds all of `content` or what was there before, and when this has returned OK, `content`.
absl::Status WriteDurably(const std::string& path, std::string_view content);

}  // namespace seisaku
