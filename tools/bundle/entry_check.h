// EntryRules for who goes no further once something is wrong.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "services/ledger/tree/frontier.h"
#include "tools/bundle/entry_rules.h"

namespace seisaku::bundle {

// Sees the entries of a log go by, from the first, and finds what cannot be. Not thread-safe.
class EntryCheck {
 public:
  // The entry. DATA_LOSS BUNDLE_INVALID: not the next position, not an Entry, not in its place in its
  // command, or with a text that is not what the entry commits to; nothing was changed.
  absl::StatusOr<log::v1::Entry> Take(const log::v1::StoredEntry& stored);

  // The text that the last entry says was withdrawn, as this log counts.
  const std::optional<EntryRules::TextPlace>& withdrawn_by_last() const { return rules_.withdrawn_by_last(); }
  // Of the entries taken.
  const ledger::Frontier& frontier() const { return frontier_; }
  bool at_command_end() const { return rules_.at_command_end(); }
  // After the last entry. DATA_LOSS BUNDLE_INVALID: the log ends inside a command, or a text is missing that
  // no entry says was withdrawn.
  absl::Status Finish() const;

 private:
  ledger::Frontier frontier_;
  EntryRules rules_;
};

}  // namespace seisaku::bundle
