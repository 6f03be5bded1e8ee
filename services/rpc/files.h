// Whole small files.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace seisaku::rpc {

// The bytes of `path`. FAILED_PRECONDITION without details, with errno's text: it cannot be read.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Makes `path` hold `content`; readers see all of it or what was there before. FAILED_PRECONDITION without
// details, with errno's text.
absl::Status WriteFileAtomically(const std::string& path, std::string_view content);

}  // namespace seisaku::rpc
