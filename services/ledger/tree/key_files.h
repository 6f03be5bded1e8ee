// The keys of logs and cosigners, each in a file of its own, as seisaku-admin keygen writes them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/ledger/tree/key.h"

namespace seisaku::ledger {

// Both: FAILED_PRECONDITION LOG_KEY_UNREADABLE: the file cannot be read, or holds no key of `type`; metadata
// `file`, `why`, which never repeats what is in the file.
absl::StatusOr<SigningKey> ReadSigningKey(const std::string& file, KeyType type);
absl::StatusOr<VerifierKey> ReadVerifierKey(const std::string& file, KeyType type = KeyType::kLog);

}  // namespace seisaku::ledger
