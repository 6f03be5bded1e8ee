// Begins a log anew in the place of one of which entries were lost for good.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace seisaku::admin {

struct NewOrigin {
  std::string from;        // the database with what was saved: a connection string of its service role
  std::string to;          // a database that was migrated and is empty, in the same form
  std::string origin;      // of the new log
  std::string checkpoint;  // file with the newest signed checkpoint of the lost log
  std::string vkey_file;   // of the lost log's key
  std::string reason;
  bool write = false;  // else only looks
};

struct Begun {
  uint64_t saved;  // entries that go on
  uint64_t lost;   // entries that were signed and are not among them
};

// Writes the new log in one transaction: first a LogEvent/log_continued, then every entry of `from` byte for
// byte, one position later, with requests, texts, tiles and head. No service of either database may run.
//
// FAILED_PRECONDITION: `to` is not empty, the checkpoint is not of the log in `from`, or nothing was lost.
// DATA_LOSS: what is in `from` is no whole log. And the errors of ledger::ReadVerifierKey and
// postgres::Database. Messages are for the operator.
absl::StatusOr<Begun> BeginAnew(const NewOrigin& wanted);

}  // namespace seisaku::admin
