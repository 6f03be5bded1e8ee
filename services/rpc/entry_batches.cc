#include "services/rpc/entry_batches.h"

#include <iterator>
#include <utility>

#include "seisaku/log/v1/entry.pb.h"
#include "services/base/errors.h"
#include "services/base/status.h"

namespace seisaku::rpc {
namespace {

size_t BytesOf(const std::deque<std::string>& entries, size_t begin, size_t count) {
  size_t bytes = 0;
  for (size_t i = begin; i < begin + count; ++i) bytes += entries[i].size();
  return bytes;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> EntryBatches::Next() {
  RETURN_IF_ERROR(ReadAhead(1));
  ASSIGN_OR_RETURN(size_t taken, CommandLength(0));
  RETURN_IF_ERROR(ReadAhead(taken));
  size_t bytes = BytesOf(ahead_, 0, taken);
  // More commands only as far as they have been read already: the next batch brings the others.
  while (taken < ahead_.size()) {
    ASSIGN_OR_RETURN(size_t command, CommandLength(taken));
    if (!Fits(taken, bytes, command)) break;
    bytes += BytesOf(ahead_, taken, command);
    taken += command;
  }
  const auto end = ahead_.begin() + static_cast<ptrdiff_t>(taken);
  std::vector<std::string> batch(std::make_move_iterator(ahead_.begin()), std::make_move_iterator(end));
  ahead_.erase(ahead_.begin(), end);
  next_ += taken;
  return batch;
}

absl::StatusOr<size_t> EntryBatches::CommandLength(size_t skipped) const {
  log::v1::Entry entry;
  if (!entry.ParseFromString(ahead_[skipped])) {
    return errors::LogCorrupt(next_ + skipped, "the entry cannot be parsed");
  }
  if (entry.command_index() >= entry.command_size()) {
    return errors::LogCorrupt(next_ + skipped, "the entry is not a part of its command");
  }
  return entry.command_size() - entry.command_index();
}

absl::Status EntryBatches::ReadAhead(size_t count) {
  while (ahead_.size() < count) {
    const Position from = next_ + ahead_.size();
    ASSIGN_OR_RETURN(std::vector<ledger::StoredEntry> entries,
                     ledger_.ReadEntries(from, kMaxBatchEntries, /*with_texts=*/false));
    if (entries.empty()) return errors::LogCorrupt(from, "the entry is missing");
    for (ledger::StoredEntry& entry : entries) ahead_.push_back(std::move(entry.bytes));
  }
  return absl::OkStatus();
}

bool EntryBatches::Fits(size_t taken, size_t taken_bytes, size_t command) const {
  return taken + command <= ahead_.size() && taken + command <= kMaxBatchEntries &&
         taken_bytes + BytesOf(ahead_, taken, command) <= kMaxBatchBytes;
}

}  // namespace seisaku::rpc
