// Makes the keys that sign checkpoints: a log's, and those of the auditors who cosign them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/ledger/tree/key.h"

namespace seisaku::admin {

struct MadeKey {
  std::string verifier;  // The public key, as checkpoint readers take it.
  bool created;          // False: the file held a key already, and still does.
};

// Makes a new key `name` in `file` (mode 0600, one line, what --log-key and --cosigner-key read) and its
// public half in `file`.vkey. A key that is there is kept, and only the public half is written again: a log
// whose key changes is another log to whoever has seen its checkpoints. On an error no half-written file is
// left. INVALID_ARGUMENT: `name`, for a log its origin, cannot name a key. FAILED_PRECONDITION: a file cannot
// be written, or holds a key of another name; no details, the message says which file. And the errors of
// ledger::ReadSigningKey.
absl::StatusOr<MadeKey> EnsureKey(const std::string& name, ledger::KeyType type, const std::string& file);

}  // namespace seisaku::admin
