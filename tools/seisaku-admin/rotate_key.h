// Gives a log its next key.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/base/revisions.h"

namespace seisaku::admin {

struct RotatingKey {
  std::string dsn;            // of the service role
  std::string key_file;       // the log's private key until now
  std::string next_key_file;  // from now on, of the same origin
  std::string reason;
  bool write = false;  // else only looks
};

struct KeyRotated {
  Position position;     // of the entry
  std::string next_key;  // the verifier key
};

// Reads and hashes the whole log under the head's lock, and appends the entry LogEvent/key_rotated, sealed
// with the key until now; the next one has signed that it agrees. The service must not run; afterwards it is
// started with both keys.
//
// INVALID_ARGUMENT: the same key twice. FAILED_PRECONDITION ORIGIN_MISMATCH: the keys or the log are of
// different logs; or the key is not the log's any more. DATA_LOSS LOG_CORRUPT: the log is not whole, or its
// head's seal is not this key's. UNAVAILABLE CLOCK_UNSOUND. And the errors of ledger::ReadSigningKey and
// postgres::Database. Messages are for the operator.
absl::StatusOr<KeyRotated> RotateKey(const RotatingKey& rotating);

}  // namespace seisaku::admin
