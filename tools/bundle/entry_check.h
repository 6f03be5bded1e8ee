// What can be known to be wrong with the entries of a log from themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "services/ledger/tree/frontier.h"

namespace seisaku::bundle {

// Sees the entries of a log go by, from the first, and finds what cannot be. Not thread-safe.
class EntryCheck {
 public:
  // The entry. DATA_LOSS BUNDLE_INVALID: not the next position, not an Entry, not in its place in its
  // command, or with a text that is not what the entry commits to; nothing was changed.
  absl::StatusOr<log::v1::Entry> Take(const log::v1::StoredEntry& stored);

  // Where a text stands beside an entry: position and index.
  using TextPlace = std::pair<uint64_t, uint32_t>;
  // The text that the last entry says was withdrawn, as this log counts.
  const std::optional<TextPlace>& withdrawn_by_last() const { return withdrawn_by_last_; }
  // Of the entries taken.
  const ledger::Frontier& frontier() const { return frontier_; }
  bool at_command_end() const { return next_in_command_ == 0; }
  // After the last entry. DATA_LOSS BUNDLE_INVALID: the log ends inside a command, or a text is missing that
  // no entry says was withdrawn.
  absl::Status Finish() const;

 private:
  // Those that the entry commits to and that do not lie beside it. BUNDLE_INVALID.
  static absl::StatusOr<std::set<TextPlace>> MissingTexts(const log::v1::StoredEntry& stored,
                                                          const log::v1::Entry& entry);
  absl::Status TakeLogEvent(uint64_t position, const log::v1::Entry& entry);

  ledger::Frontier frontier_;
  uint32_t next_in_command_ = 0;
  // Of each LogContinued that the log begins with: where the entries of the log before end.
  std::vector<uint64_t> saved_ends_;
  std::set<TextPlace> missing_;
  std::set<TextPlace> withdrawn_;
  std::optional<TextPlace> withdrawn_by_last_;
};

}  // namespace seisaku::bundle
