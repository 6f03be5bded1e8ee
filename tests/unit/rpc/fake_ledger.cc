#include "tests/unit/rpc/fake_ledger.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::rpc {
namespace {

// Complete subtrees over these leaves.
class Leaves final : public ledger::HashReader {
 public:
  explicit Leaves(std::vector<ledger::Hash> leaves) : leaves_(std::move(leaves)) {}
  absl::StatusOr<ledger::Hash> SubtreeHash(int level, uint64_t index) override {
    if (level == 0) return leaves_.at(index);
    return ledger::NodeHash(*SubtreeHash(level - 1, 2 * index), *SubtreeHash(level - 1, 2 * index + 1));
  }

 private:
  const std::vector<ledger::Hash> leaves_;
};

}  // namespace

void FakeLedger::AddCommand(int size, size_t bytes, const std::string& resource) {
  MutexLock lock(mutex_);
  Append(size, bytes, resource);
  grown_.NotifyAll();
}

void FakeLedger::AddEntry(const log::v1::Entry& entry) {
  MutexLock lock(mutex_);
  entries_.push_back(entry.SerializeAsString());
  grown_.NotifyAll();
}

void FakeLedger::AddCommandWhenAwaited(int size) {
  MutexLock lock(mutex_);
  awaited_ = size;
}

void FakeLedger::Append(int size, size_t bytes, const std::string& resource) {
  for (int i = 0; i < size; ++i) {
    log::v1::Entry entry;
    entry.set_event_id(std::to_string(entries_.size()));
    entry.set_type(absl::StrCat("test/", i % 2 == 0 ? "even" : "odd"));
    entry.set_resource(resource);
    entry.set_payload(std::string(bytes, 'x'));
    entry.set_command_index(i);
    entry.set_command_size(size);
    entries_.push_back(entry.SerializeAsString());
  }
}

std::string FakeLedger::EntryAt(Position position) {
  MutexLock lock(mutex_);
  return entries_.at(position);
}

void FakeLedger::LimitReads(int entries) {
  MutexLock lock(mutex_);
  read_limit_ = entries;
}

void FakeLedger::ChangeTree() {
  MutexLock lock(mutex_);
  tree_changed_ = true;
}

void FakeLedger::SetHealth(absl::Status health) {
  MutexLock lock(mutex_);
  health_ = std::move(health);
}

void FakeLedger::Submit(ledger::Command, absl::Time, ledger::Done done) {
  std::move(done)(absl::UnimplementedError("Submit"));
}

absl::StatusOr<ledger::Snapshot> FakeLedger::Read(const ledger::ReadOptions& options) {
  const Position size = WaitForSize(0, absl::InfinitePast());
  return ledger::Snapshot(state_mutex_, options.as_of ? options.as_of->size() : size);
}

Position FakeLedger::WaitForSize(Position size, absl::Time deadline) {
  MutexLock lock(mutex_);
  if (entries_.size() < size) Append(std::exchange(awaited_, 0), 64, "plans/p");
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

absl::StatusOr<log::v1::Entry> FakeLedger::ReadEntry(Position position) {
  log::v1::Entry entry;
  entry.ParseFromString(EntryAt(position));
  return entry;
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
  return ledger::SignCheckpoint({key().name(), frontier.size(), frontier.Root()}, key());
}

const ledger::SigningKey& FakeLedger::key() {
  static const auto& key = *new ledger::SigningKey(
      *ledger::SigningKey::FromSeed("test.example/log", std::string(32, 'k'), ledger::KeyType::kLog));
  return key;
}

std::unique_ptr<ledger::HashReader> FakeLedger::Tree() {
  MutexLock lock(mutex_);
  std::vector<ledger::Hash> leaves;
  for (const std::string& entry : entries_) leaves.push_back(ledger::LeafHash(entry));
  if (tree_changed_) leaves.at(0) = ledger::Sha256("another leaf");
  return std::make_unique<Leaves>(std::move(leaves));
}

absl::Status FakeLedger::AddCosignatures(Position size, const std::vector<ledger::Cosignature>& added) {
  MutexLock lock(mutex_);
  for (const ledger::Cosignature& one : added) cosignatures_[size].emplace(one.cosigner, one.line);
  return absl::OkStatus();
}

absl::StatusOr<ledger::Cosignatures> FakeLedger::ReadCosignatures(Position least, Position most) {
  MutexLock lock(mutex_);
  ledger::Cosignatures found;
  const auto after = cosignatures_.upper_bound(most);
  if (after == cosignatures_.begin() || std::prev(after)->first < least) return found;
  found.size = std::prev(after)->first;
  for (const auto& [cosigner, line] : std::prev(after)->second) found.lines.push_back(line);
  return found;
}

absl::StatusOr<ledger::Digests> FakeLedger::DigestState(Position size, absl::Time) {
  return ledger::Digests{ledger::Sha256(std::to_string(size)), ledger::Sha256(std::to_string(size))};
}

absl::Status FakeLedger::Health() {
  MutexLock lock(mutex_);
  return health_;
}

}  // namespace seisaku::rpc
