// Gives a log that was restored from an older backup the entries that it lacks.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace seisaku::admin {

struct Refilling {
  std::string dsn;              // of the service role
  std::string bundle;           // folder that `auditor export` wrote; or these two:
  std::string from;             // another database of the log, a connection string of its service role
  std::string checkpoint_file;  // signed by the log, of a size that `from` has
  std::string key_file;         // the log's private key, which signed the checkpoint and seals the head
  bool write = false;           // else only looks
};

struct Refilled {
  uint64_t had;   // entries before
  uint64_t size;  // of the checkpoint
};

// Sees that what the database has is the beginning of the bundle, byte for byte, and adds the rest: in one
// pass, in one transaction, which is committed only where the entries of that very pass add up to the signed
// checkpoint. Then the head is sealed; ended before, nothing was written. Afterwards the database has the
// entries that the bundle has, also where only the seal was missing. The service must not run. Texts that the
// added entries withdraw are deleted; others that the database had are left as they are.
//
// With `from` the entries are those of another database up to the checkpoint: what somebody who had no key
// appended behind it stays there.
//
// DATA_LOSS: the database has something else than the source; FAILED_PRECONDITION: more than it, or the key
// is not the log's at the source's end; INVALID_ARGUMENT: neither a bundle nor a database is given; and the
// errors of bundle::Reader, ledger::ReadSigningKey and postgres::Database. Messages are for the operator.
absl::StatusOr<Refilled> Refill(const Refilling& refilling);

}  // namespace seisaku::admin
