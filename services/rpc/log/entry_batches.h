// The log cut into batches of whole commands.
#pragma once

#include <deque>
#include <future>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/ledger/ledger.h"

namespace seisaku::rpc {

inline constexpr int kMaxBatchEntries = 2500;
inline constexpr size_t kMaxBatchBytes = 1 << 20;

// Reads a ledger forward from a position. Reads ahead where much is left. Not thread-safe.
class EntryBatches {
 public:
  // `ledger` outlives it.
  EntryBatches(ledger::LogReader& ledger, Position start);

  // The position of the next batch's first entry.
  Position next() const { return next_; }

  // The entries of the next commands: at least one whole command, and more while they are at most 2,500 entries and
  // 1 MiB together. `published`, a size of the log, is above next(). UNAVAILABLE STORAGE_UNAVAILABLE; DATA_LOSS
  // LOG_CORRUPT: an entry is missing, or does not say its place in its command.
  absl::StatusOr<std::vector<std::string>> Next(Position published);

 private:
  using Page = absl::StatusOr<std::vector<ledger::StoredEntry>>;

  // Appends a page to read_, and starts to read the next one.
  absl::Status ReadOn(Position published);
  // The number of entries in read_ that make the next batch; 0: the end of their command has not been read yet.
  absl::StatusOr<size_t> BatchLength() const;

  ledger::LogReader& ledger_;
  Position next_;
  Position read_to_;  // read_ holds the entries from next_ to here
  std::deque<std::string> read_;
  int page_;                 // how many entries are about kMaxBatchBytes
  std::future<Page> ahead_;  // the page from read_to_ on, where it is being read
};

}  // namespace seisaku::rpc
