// What the entries of a log's commands have to have in common, and apart.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/numeric/int128.h"
#include "seisaku/log/v1/entry.pb.h"
#include "tools/auditor/verify/violation.h"

namespace seisaku::auditor {

// Sees that the entries of a command agree on who asked for what and when, that a caller's request id occurs
// in one command only, and that the time grows from command to command. Keeps 16 bytes for each command (a
// part of a hash; in a set, which has them again while it grows). Not thread-safe.
class CommandCheck {
 public:
  using Report = absl::FunctionRef<void(Violation)>;
  // The next entry.
  void Take(uint64_t position, const log::v1::Entry& entry, Report report);

  uint64_t commands() const { return requests_.size(); }
  // Of the last command, microseconds.
  int64_t recorded_at() const { return recorded_at_; }

 private:
  void CheckTime(uint64_t position, const log::v1::Entry& entry, Report report);
  void CheckRequest(uint64_t position, Report report);

  // The command as its first entry tells of it.
  struct {
    uint64_t position = 0;
    uint64_t size = 0;
    std::string actor;
    std::string request_id;
    std::string request_digest;
  } command_;
  int64_t recorded_at_ = std::numeric_limits<int64_t>::min();
  absl::flat_hash_set<absl::uint128> requests_;
  std::string key_;
};

}  // namespace seisaku::auditor
