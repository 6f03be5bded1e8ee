// What the program ends with.
#pragma once

#include "absl/status/status.h"

namespace seisaku::policyctl {

enum ExitCode : int {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,
  kInputRefused = 3,
  kNotFound = 4,
  kConflict = 5,
  kDenied = 6,
  kUnavailable = 7,
  // 8 is the auditor's, of a log that forks or shrinks.
  kIncomplete = 9,  // done, but something was left out: an import's rows or values
};

// The exit code of a command that came to `status`, from its code and reason.
ExitCode ExitCodeOf(const absl::Status& status);

}  // namespace seisaku::policyctl
