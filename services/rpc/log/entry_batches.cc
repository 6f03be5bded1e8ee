#include "services/rpc/log/entry_batches.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "seisaku/log/v1/entry.pb.h"
#include "services/base/errors.h"
#include "services/base/status.h"

namespace seisaku::rpc {
namespace {

// The size of the first pages, when the size of the entries is not known yet.
constexpr int kFirstPage = 500;
// The size to aim at, so that a page is one batch even where its entries are a little larger than earlier ones.
constexpr size_t kPageBytes = kMaxBatchBytes / 16 * 15;

}  // namespace

EntryBatches::EntryBatches(ledger::LogReader& ledger, Position start)
    : ledger_(ledger), next_(start), read_to_(start), page_(kFirstPage) {}

absl::StatusOr<std::vector<std::string>> EntryBatches::Next(Position published) {
  size_t taken = 0;
  while (true) {
    ASSIGN_OR_RETURN(taken, BatchLength());
    if (taken > 0) break;
    RETURN_IF_ERROR(ReadOn(published));
  }
  const auto end = read_.begin() + static_cast<ptrdiff_t>(taken);
  std::vector<std::string> batch(std::make_move_iterator(read_.begin()), std::make_move_iterator(end));
  read_.erase(read_.begin(), end);
  next_ += taken;
  return batch;
}

absl::Status EntryBatches::ReadOn(Position published) {
  auto read = [&ledger = ledger_](Position from, int limit) {
    return ledger.ReadEntries(from, limit, /*with_texts=*/false);
  };
  ASSIGN_OR_RETURN(std::vector<ledger::StoredEntry> page,
                   ahead_.valid() ? ahead_.get() : read(read_to_, page_));
  if (page.empty()) return errors::LogCorrupt(read_to_, "the entry is missing");
  read_to_ += page.size();
  size_t bytes = 1;
  for (ledger::StoredEntry& entry : page) {
    bytes += entry.bytes.size();
    read_.push_back(std::move(entry.bytes));
  }
  const size_t fitting = page.size() * kPageBytes / bytes;
  page_ = static_cast<int>(std::clamp<size_t>(fitting, 1, kMaxBatchEntries));
  if (read_to_ < published) ahead_ = std::async(std::launch::async, read, read_to_, page_);
  return absl::OkStatus();
}

absl::StatusOr<size_t> EntryBatches::BatchLength() const {
  if (read_.empty()) return 0;
  size_t count = 1;
  for (size_t bytes = read_[0].size(); count < read_.size() && count < kMaxBatchEntries; ++count) {
    bytes += read_[count].size();
    if (bytes > kMaxBatchBytes) break;
  }
  // Commands are contiguous, so the last entry tells how much of the batch is complete.
  const Position last = next_ + count - 1;
  log::v1::Entry entry;
  if (!entry.ParseFromString(read_[count - 1])) return errors::LogCorrupt(last, "the entry cannot be parsed");
  if (entry.command_index() >= entry.command_size()) {
    return errors::LogCorrupt(last, "the entry is not a part of its command");
  }
  const size_t of_last_command = entry.command_index() + 1;
  if (of_last_command == entry.command_size()) return count;
  if (of_last_command < count) return count - of_last_command;
  const size_t whole =
      count + entry.command_size() - of_last_command;  // larger than a batch, and one all the same
  return whole <= read_.size() ? whole : 0;
}

}  // namespace seisaku::rpc
