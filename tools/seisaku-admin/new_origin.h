// Begins a log anew in the place of one of which entries were lost for good.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace seisaku::admin {

struct NewOrigin {
  std::string from;        // the database with what was saved: a connection string of its service role
  std::string to;          // a database that was migrated and is empty, in the same form
  std::string origin;      // of the new log
  std::string key_file;    // the new log's private key, which seals its head
  std::string checkpoint;  // file with the newest signed checkpoint of the lost log
  std::vector<std::string> vkey_files;  // of the lost log's keys
  std::string reason;
  std::string vouch;   // for entries that no seal covers: SizeAndRoot of what was looked at; "": nobody does
  bool write = false;  // else only looks
};

struct Begun {
  uint64_t saved;  // entries that go on
  uint64_t lost;   // entries that were signed and are not among them
};

// Writes the new log in one transaction: first a LogEvent/log_continued, then every entry of `from` byte for
// byte, one position later, with requests, texts, tiles and the sealed head. No service of either database
// may run.
//
// FAILED_PRECONDITION: `to` is not empty, the checkpoint is not of the log in `from`, nothing was lost, or
// what was saved has no seal (it is from before there were seals) and nobody vouches for just that.
// DATA_LOSS: what is in `from` is no whole log, its seal is of something else or gone, or it changed
// meanwhile. And the errors of ledger::ReadSigningKey, ledger::ReadVerifierKey and postgres::Database.
// Messages are for the operator.
absl::StatusOr<Begun> BeginAnew(const NewOrigin& wanted);

}  // namespace seisaku::admin
