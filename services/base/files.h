// Whole small files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace seisaku {

// Errors of all of these: FAILED_PRECONDITION without details, with what was done and errno's text.

// The bytes of `path`. An error: it cannot be read, or is a folder.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Whether the last name of a path may be a symbolic link: where a person gave the path, it is theirs to
// follow.
enum class Links { kRefuse, kFollow };

// Opens `path`, which somebody else may have made, for reading: the caller closes the descriptor. An error:
// it is no regular file. Never waits for one that is none (a FIFO that nobody writes to).
absl::StatusOr<int> OpenRegularFile(const std::string& path, Links links);

// The bytes of the regular file `path`, of which there may be `max_bytes`. Errors: OpenRegularFile's; it is
// longer, which is known before anything is read.
absl::StatusOr<std::string> ReadRegularFile(const std::string& path, size_t max_bytes, Links links);

// Makes `path` hold `content`; readers see all of it or what was there before. After a loss of power it may
// hold neither.
absl::Status WriteFileAtomically(const std::string& path, std::string_view content);

// The same, flushed to the disk before it takes the name, and the folder flushed afterwards: after a loss of
// power too it holds all of `content` or what was there before, and when this has returned OK, `content`.
absl::Status WriteDurably(const std::string& path, std::string_view content);

}  // namespace seisaku
