// Private to this folder: what a connection is opened with.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace seisaku::postgres {

// `dsn` (key words or URI) as a key-word string in which `timeout`, signs of life for a connection whose peer
// has vanished, and `settings` (name, value) stand as defaults; what the dsn says itself wins. INTERNAL
// STORAGE_ERROR: the dsn cannot be read; the message does not repeat it, for it may hold a password.
absl::StatusOr<std::string> ConnectionString(
    std::string_view dsn, absl::Duration timeout,
    const std::vector<std::pair<std::string, std::string>>& settings);

}  // namespace seisaku::postgres
