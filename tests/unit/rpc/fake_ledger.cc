#include "tests/unit/rpc/fake_ledger.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::rpc {

void FakeLedger::AddCommand(int size, size_t bytes) {
  MutexLock lock(mutex_);
  for (int i = 0; i < size; ++i) {
    log::v1::Entry entry;
    entry.set_event_id(std::to_string(entries_.size()));
    entry.set_payload(std::string(bytes, 'x'));
    entry.set_command_index(i);
    entry.set_command_size(size);
    entries_.push_back(entry.SerializeAsString());
  }
  grown_.NotifyAll();
}

std::string FakeLedger::EntryAt(Position position) {
  MutexLock lock(mutex_);
  return entries_.at(position);
}

void FakeLedger::LimitReads(int entries) {
  MutexLock lock(mutex_);
  read_limit_ = entries;
}

void FakeLedger::SetHealth(absl::Status health) {
  MutexLock lock(mutex_);
  health_ = std::move(health);
}

void FakeLedger::Submit(ledger::Command, absl::Time, ledger::Done done) {
  std::move(done)(absl::UnimplementedError("Submit"));
}

absl::StatusOr<ledger::Snapshot> FakeLedger::Read(const ledger::ReadOptions&) {
  return absl::UnimplementedError("Read");
}

Position FakeLedger::WaitForSize(Position size, absl::Time deadline) {
  MutexLock lock(mutex_);
  while (entries_.size() < size && absl::Now() < deadline) {
    grown_.WaitUntil(mutex_, absl::ToChronoTime(deadline));
  }
  return entries_.size();
}

absl::StatusOr<std::vector<ledger::StoredEntry>> FakeLedger::ReadEntries(Position begin, int limit,
                                                                         bool with_texts) {
  MutexLock lock(mutex_);
  const Position end = std::min<Position>(entries_.size(), begin + std::min(limit, read_limit_));
  std::vector<ledger::StoredEntry> read;
  for (Position at = begin; at < end; ++at) {
    read.push_back({.position = at, .bytes = entries_[at], .texts = {}});
    if (with_texts) read.back().texts = {ledger::StoredText{"salt", "words"}, std::nullopt};
  }
  return read;
}

absl::StatusOr<std::vector<std::optional<std::string>>> FakeLedger::ReadTexts(const std::vector<TextKey>&) {
  return absl::UnimplementedError("ReadTexts");
}

absl::StatusOr<ledger::Frontier> FakeLedger::FrontierAt(Position size) {
  MutexLock lock(mutex_);
  ledger::Frontier frontier;
  for (Position at = 0; at < size; ++at) frontier.Append(ledger::LeafHash(entries_.at(at)));
  return frontier;
}

absl::StatusOr<std::string> FakeLedger::SignCheckpoint(const ledger::Frontier& frontier) {
  return std::to_string(frontier.size()) + " " + ledger::ToHex(frontier.Root());
}

absl::Status FakeLedger::Health() {
  MutexLock lock(mutex_);
  return health_;
}

}  // namespace seisaku::rpc
