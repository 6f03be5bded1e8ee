// Private to this folder: the exceptions of libpqxx as statuses.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "services/postgres/libpq/error.h"

namespace seisaku::postgres {

struct Failure {
  absl::Status status;
  bool connection_lost;  // the connection is unusable
  // Thrown by COMMIT, the exception proves that nothing was committed.
  bool known_rolled_back;
};

// Inside a catch block: the current exception as a status, as Database describes them. `what` names the work.
Failure CurrentFailure(std::string_view what);

// FAILED_PRECONDITION SETTINGS_IGNORED: the session lacks a setting that it was opened with.
absl::Status SettingsIgnored(std::string_view setting, std::string_view expected, std::string_view actual);

}  // namespace seisaku::postgres
