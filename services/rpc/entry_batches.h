// The log cut into batches of whole commands.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/ledger/ledger.h"

namespace seisaku::rpc {

inline constexpr int kMaxBatchEntries = 500;
inline constexpr size_t kMaxBatchBytes = 1 << 20;

// Reads a ledger forward from a position. Not thread-safe.
class EntryBatches {
 public:
  // `ledger` outlives it.
  EntryBatches(ledger::Ledger& ledger, Position start) : ledger_(ledger), next_(start) {}

  // The position of the next batch's first entry.
  Position next() const { return next_; }

  // The entries of the next commands: at least one command to its end, more while they are at most 500
  // entries and 1 MiB together. To be called only when next() is below the published size. UNAVAILABLE
  // STORAGE_UNAVAILABLE; DATA_LOSS LOG_CORRUPT: an entry is missing or does not say its place in its command.
  absl::StatusOr<std::vector<std::string>> Next();

 private:
  // How many entries the command has from position next_ + `skipped` on, which is in ahead_.
  absl::StatusOr<size_t> CommandLength(size_t skipped) const;
  // Reads until ahead_ has `count` entries.
  absl::Status ReadAhead(size_t count);
  bool Fits(size_t taken, size_t taken_bytes, size_t command) const;

  ledger::Ledger& ledger_;
  Position next_;
  std::deque<std::string> ahead_;  // read already; the first is at next_
};

}  // namespace seisaku::rpc
