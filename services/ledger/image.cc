#include "services/ledger/image.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"

namespace seisaku::ledger {
namespace {

// How long a digest keeps the committer from folding and publishing.
constexpr absl::Duration kDigestSlice = absl::Milliseconds(1);

}  // namespace

Snapshot::Snapshot(SharedMutex& mutex, Position size) ABSL_NO_THREAD_SAFETY_ANALYSIS : mutex_(&mutex),
                                                                                       size_(size) {
  mutex_->ReaderLock();
}
Snapshot::Snapshot(Snapshot&& other) noexcept
    : mutex_(std::exchange(other.mutex_, nullptr)), size_(other.size_) {}
Snapshot::~Snapshot() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (mutex_ != nullptr) mutex_->ReaderUnlock();
}

absl::StatusOr<CommittedEntries> CommittedEntries::Parse(Position begin,
                                                         absl::Span<const std::string> bytes) {
  CommittedEntries committed;
  committed.entries.resize(bytes.size());
  committed.leaf_hashes.reserve(bytes.size());
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (!committed.entries[i].ParseFromString(bytes[i])) {
      return errors::LogCorrupt(begin + i, "the entry cannot be parsed");
    }
    committed.leaf_hashes.push_back(LeafHash(bytes[i]));
  }
  return committed;
}

absl::Status Image::FoldCommitted(const CommittedEntries& committed) {
  if (absl::Status evolved = Evolve(committed.entries); !evolved.ok()) {
    Truncate(published_);
    return evolved;
  }
  std::vector<Tile> completed;  // whoever appended the entries has stored them
  for (size_t i = 0; i < committed.entries.size(); ++i) {
    folding_edge_.Append(committed.leaf_hashes[i], &completed);
    completed.clear();
    const log::v1::Entry& entry = committed.entries[i];
    if (entry.command_index() + 1 == entry.command_size()) {
      folding_ends_.push_back({folding_edge_.size(), ToMicros(entry.recorded_at())});
    }
  }
  // The edge of a log is published at a command's end; a page may stop inside one.
  if (!folding_ends_.empty() && folding_ends_.back().end == next_) {
    Publish(folding_edge_, std::exchange(folding_ends_, {}));
  }
  return absl::OkStatus();
}

absl::Status Image::Evolve(absl::Span<const log::v1::Entry> entries) {
  WriterLock lock(mutex_);
  for (const log::v1::Entry& entry : entries) {
    RETURN_IF_ERROR(state_.Evolve(next_, entry));
    ++next_;
  }
  return absl::OkStatus();
}

absl::Status Image::FoldTentative(const log::v1::Entry& entry) { return Evolve({&entry, 1}); }

void Image::Truncate(Position size) {
  WriterLock lock(mutex_);
  state_.Truncate(size);
  next_ = size;
  if (next_ <= published_) {
    folding_edge_ = edge_;
    folding_ends_.clear();
  }
}

void Image::Publish(TileBuilder edge, absl::Span<const CommandEnd> commands) {
  {
    WriterLock lock(mutex_);
    state_.Publish(next_);
    edge_ = std::move(edge);
    folding_edge_ = edge_;
    commands_.insert(commands_.end(), commands.begin(), commands.end());
    published_ = next_;
  }
  MutexLock lock(wait_mutex_);
  announced_ = next_;
  grown_.NotifyAll();
}

Position Image::published() {
  ReaderLock lock(mutex_);
  return published_;
}

TileBuilder Image::edge() {
  ReaderLock lock(mutex_);
  return edge_;
}

absl::StatusOr<Snapshot> Image::Read(const ReadOptions& options) {
  if (options.min_position > 0) {
    Position reached = WaitForSize(options.min_position, options.deadline);
    if (reached < options.min_position) return errors::PositionNotReached(options.min_position, reached);
  }
  if (!options.as_of.has_value() || options.as_of->at_case() == type::v1::AsOf::AT_NOT_SET) {
    return ReadNewest();
  }
  Position size = 0;
  {
    ReaderLock lock(mutex_);
    ASSIGN_OR_RETURN(size, Resolve(*options.as_of));
  }
  return Snapshot(mutex_, size);
}

absl::StatusOr<Digests> Image::DigestState(Position size, absl::Time deadline) {
  auto slice = std::make_optional<Snapshot>(mutex_, size);
  absl::Time began = absl::Now();
  auto digests = DigestRecords(state_, size, [&] {
    if (absl::Now() - began < kDigestSlice) return true;
    slice.reset();  // a writer that waits goes first
    slice.emplace(mutex_, size);
    began = absl::Now();
    return began < deadline;
  });
  if (!digests) return absl::DeadlineExceededError("the state could not be digested before the deadline");
  return *digests;
}

absl::StatusOr<Position> Image::Resolve(const type::v1::AsOf& as_of) const {
  if (as_of.has_size() && as_of.size() > published_) {
    return errors::PositionBeyondEnd(as_of.size(), published_);
  }
  auto is_seen = [&as_of](const CommandEnd& command) {
    return as_of.has_size() ? command.end <= as_of.size()
                            : command.recorded_at_micros <= ToMicros(as_of.time());
  };
  auto first_unseen = std::partition_point(commands_.begin(), commands_.end(), is_seen);
  return first_unseen == commands_.begin() ? 0 : std::prev(first_unseen)->end;
}

Position Image::WaitForSize(Position size, absl::Time deadline) {
  MutexLock lock(wait_mutex_);
  while (announced_ < size && !stopped_ && grown_.WaitUntil(wait_mutex_, absl::ToChronoTime(deadline))) {
  }
  return announced_;
}

void Image::StopWaiting() {
  MutexLock lock(wait_mutex_);
  stopped_ = true;
  grown_.NotifyAll();
}

}  // namespace seisaku::ledger
