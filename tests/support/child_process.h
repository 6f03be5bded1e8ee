// Programs that tests start, and end again.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace seisaku {

// Starts `command` (path first) with its output appended to the file `log`, an environment of LC_ALL=C.UTF-8
// and PATH, and, where the caller is root, as the system user `postgres`. It gets `signal_on_orphan` when the
// thread that called this ends.
absl::StatusOr<pid_t> StartChild(const std::vector<std::string>& command, const std::string& log,
                                 int signal_on_orphan);

// Makes `path` belong to the user that StartChild's programs run as.
absl::Status GiveToServerUser(const std::string& path);

// The exit status (as a shell gives it: 128 + n for signal n) of a child that ends within `patience`, which
// is then reaped; DEADLINE_EXCEEDED while it runs on.
absl::StatusOr<int> WaitForEnd(pid_t child, absl::Duration patience);

// SIGKILL to `child` and its children, none of which can do anything more once this begins; waits until all
// of them have gone and reaps `child`.
absl::Status KillWithChildren(pid_t child, absl::Duration patience);

}  // namespace seisaku
