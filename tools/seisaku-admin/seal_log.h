// Seals a log that has entries for which nothing vouches yet but whoever runs the city.
#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "seisaku/log/v1/entry.pb.h"
#include "services/base/revisions.h"

namespace seisaku::admin {

struct Sealing {
  std::string dsn;              // of the service role
  std::string key_file;         // the log's private key
  std::string checkpoint_file;  // that the service keeps; one that is not there vouches for nothing
  std::string reason;
  std::string expect;  // SizeAndRoot of the log that was looked at; "": of none
  bool write = false;  // else only looks
};

struct SealLook {
  enum class State {
    kSealed,     // the seal fits: there is nothing to do
    kByService,  // from before there were seals, and nothing behind the kept checkpoint: the service seals it
    kUnsealed,   // from before there were seals, with a tail
    kSealBroken,  // the seal does not fit or is gone, and nothing is behind the kept checkpoint
  };
  State state;
  uint64_t kept_size;  // of the kept checkpoint; 0: there is none
  uint64_t size;       // before
  std::string log;     // its SizeAndRoot
};

// Reads and hashes the whole log under the head's lock, compares it with the kept checkpoint and tells `list`
// every entry behind it, the tail. What is in state kUnsealed or kSealBroken is accepted with `write`: an
// entry LogEvent/log_sealed, which names what was accepted and why, is appended in the same transaction, and
// the head with it is sealed. A tail is accepted only where `expect` names just this log: what was added
// after the operator looked was not looked at. The service must not run.
//
// A head has been sealed where it has a seal, where a file beside the kept checkpoint says so, or where an
// entry does.
//
// FAILED_PRECONDITION: `expect` names another log, or none where there is a tail to accept. DATA_LOSS
// LOG_CORRUPT: the head has been sealed and its seal does not fit or is gone, and there is a tail, which has
// been listed: nobody who holds the key appended it, and it is not accepted (deploy/runbooks/sealed-head.md);
// or the log is not whole. LOG_ROLLED_BACK, LOG_FORK: it does not extend the kept checkpoint. UNAVAILABLE
// CLOCK_UNSOUND. And the errors of ledger::ReadSigningKey and postgres::Database. Messages are for the
// operator.
using ListEntry = absl::FunctionRef<void(Position, const log::v1::Entry&)>;
absl::StatusOr<SealLook> SealLog(const Sealing& sealing, ListEntry list);

}  // namespace seisaku::admin
