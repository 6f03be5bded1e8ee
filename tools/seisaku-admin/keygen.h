// Makes the key that signs a log's checkpoints.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace seisaku::admin {

struct LogKey {
  std::string verifier;  // The public key, as checkpoint readers take it.
  bool created;          // False: the file held a key already, and still does.
};

// Makes a new key for the log `origin` in `file` (mode 0600, one line, what --log-key reads) and its public
// half in `file`.vkey. A key that is there is kept, and only the public half is written again: a log whose
// key changes is another log to whoever has seen its checkpoints. On an error no half-written file is left.
// INVALID_ARGUMENT: `origin` cannot name a key. FAILED_PRECONDITION: a file cannot be read or written, or
// holds another origin's key; no details, the message says which file.
absl::StatusOr<LogKey> EnsureLogKey(const std::string& origin, const std::string& file);

}  // namespace seisaku::admin
