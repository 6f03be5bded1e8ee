// Private to this folder: the exceptions of libpqxx as statuses.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace seisaku::postgres {

struct Failure {
  absl::Status status;
  bool connection_lost;  // the connection is of no more use
  // Whether the same exception out of COMMIT says for certain that nothing was committed.
  bool surely_rolled_back;
};

// Inside a catch block: what the exception under way says, as Database describes it. `what` names the work.
Failure CurrentFailure(std::string_view what);

// FAILED_PRECONDITION SETTINGS_IGNORED: a session has not the setting that it was opened with.
absl::Status SettingsIgnored(std::string_view setting, std::string_view expected, std::string_view actual);

// INTERNAL STORAGE_ERROR; metadata `sqlstate` unless it is empty.
absl::Status StorageError(std::string_view message, std::string_view sqlstate);

}  // namespace seisaku::postgres
