// Gives a log that was restored from an older backup the entries that it lacks.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace seisaku::admin {

struct Refilling {
  std::string dsn;        // of the service role
  std::string bundle;     // folder that `auditor export` wrote
  std::string vkey_file;  // of the log's key
  bool write = false;     // else only looks
};

struct Refilled {
  uint64_t had;   // entries before
  uint64_t size;  // of the bundle
};

// Sees that the bundle adds up to its signed checkpoint and that what the database has is its beginning, byte
// for byte; then adds the rest, whole commands at a time: whenever it is ended, the log is sound, and the
// next run goes on. The service must not run. Texts that the added entries withdraw are deleted.
//
// DATA_LOSS: the database has something else than the bundle; FAILED_PRECONDITION: more than it; and the
// errors of bundle::Reader, ledger::ReadVerifierKey and postgres::Database. Messages are for the operator.
absl::StatusOr<Refilled> Refill(const Refilling& refilling);

}  // namespace seisaku::admin
