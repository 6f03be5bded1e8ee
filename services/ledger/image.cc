#include "services/ledger/image.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/errors.h"
#include "services/base/status.h"

namespace seisaku::ledger {
namespace {

int64_t Micros(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1000;
}

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

absl::Status Image::FoldCommitted(absl::Span<const std::string> bytes) {
  log::v1::Entry entry;
  std::vector<Tile> completed;  // whoever appended the entries has stored them
  for (const std::string& leaf : bytes) {
    absl::Status folded = entry.ParseFromString(leaf)
                              ? FoldTentative(entry)
                              : errors::LogCorrupt(next_, "the entry cannot be parsed");
    if (!folded.ok()) {
      Truncate(published_);
      return folded;
    }
    folding_edge_.Append(LeafHash(leaf), &completed);
    completed.clear();
    if (entry.command_index() + 1 == entry.command_size()) {
      folding_ends_.push_back({next_, Micros(entry.recorded_at())});
    }
  }
  // The edge of a log is published at a command's end; a page may stop inside one.
  if (!folding_ends_.empty() && folding_ends_.back().end == next_) {
    Publish(folding_edge_, std::exchange(folding_ends_, {}));
  }
  return absl::OkStatus();
}

absl::Status Image::FoldTentative(const log::v1::Entry& entry) {
  WriterLock lock(mutex_);
  RETURN_IF_ERROR(state_.Evolve(next_, entry));
  ++next_;
  return absl::OkStatus();
}

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

absl::StatusOr<Position> Image::Resolve(const type::v1::AsOf& as_of) const {
  if (as_of.has_size() && as_of.size() > published_) {
    return errors::PositionBeyondEnd(as_of.size(), published_);
  }
  auto is_seen = [&as_of](const CommandEnd& command) {
    return as_of.has_size() ? command.end <= as_of.size()
                            : command.recorded_at_micros <= Micros(as_of.time());
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
