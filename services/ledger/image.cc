#include "services/ledger/image.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/steady.h"
#include "services/base/timestamp.h"

namespace seisaku::ledger {
namespace {

// How long a digest keeps the committer from folding and publishing.
constexpr std::chrono::milliseconds kDigestSlice(1);

constexpr std::string_view kKeyRotated = "seisaku.log.v1.LogEvent/key_rotated";

absl::StatusOr<VerifierKey> NextKey(Position position, const log::v1::Entry& entry) {
  log::v1::LogEvent event;
  absl::StatusOr<VerifierKey> key = errors::LogCorrupt(position, "it names no key that can be read");
  if (event.ParseFromString(entry.payload())) {
    if (auto next = VerifierKey::Parse(event.key_rotated().next_key()); next.ok()) key = *std::move(next);
  }
  return key;
}

absl::Status CheckTime(const google::protobuf::Timestamp& time) {
  // From the year 1 to 9999, as timestamp.proto says.
  constexpr int64_t kFirstSecond = -62'135'596'800;
  constexpr int64_t kLastSecond = 253'402'300'799;
  constexpr int64_t kLastNano = 999'999'999;
  const auto check = [](const char* field, int64_t min, int64_t max, int64_t actual) {
    if (actual >= min && actual <= max) return absl::OkStatus();
    return errors::InvalidField(field, expected::BETWEEN, {{"min", min}, {"max", max}, {"actual", actual}});
  };
  RETURN_IF_ERROR(check("as_of.time.seconds", kFirstSecond, kLastSecond, time.seconds()));
  return check("as_of.time.nanos", 0, kLastNano, time.nanos());
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

absl::StatusOr<CommittedEntries> CommittedEntries::Parse(const StateMachine& machine, Position begin,
                                                         absl::Span<const std::string> bytes) {
  CommittedEntries committed;
  committed.events = std::make_unique<google::protobuf::Arena>();
  committed.entries.resize(bytes.size());
  log::v1::Entry entry;  // keeps the memory of its strings from one to the next
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (!entry.ParseFromString(bytes[i])) {
      return errors::LogCorrupt(begin + i, "the entry cannot be parsed");
    }
    auto event = committed.refused.ok() ? machine.Parse(begin + i, entry, *committed.events)
                                        : committed.refused;  // as nobody folds beyond that one
    if (!event.ok()) committed.refused = event.status();
    if (entry.type() == kKeyRotated) {
      ASSIGN_OR_RETURN(VerifierKey key, NextKey(begin + i, entry));
      committed.named_keys.push_back({begin + i, std::move(key)});
    }
    committed.entries[i] = {.event = event.ok() ? *event : nullptr,
                            .leaf_hash = LeafHash(bytes[i]),
                            .recorded_at_micros = ToMicros(entry.recorded_at()),
                            .command_index = entry.command_index(),
                            .command_size = entry.command_size()};
  }
  return committed;
}

absl::Status Image::FoldUnpublished(const CommittedEntries& committed) {
  if (absl::Status folded = Fold(committed); !folded.ok()) {
    Truncate(published_);
    return folded;
  }
  std::vector<Tile> completed;  // whoever appended the entries has stored them
  for (const CommittedEntry& entry : committed.entries) {
    folding_edge_.Append(entry.leaf_hash, &completed);
    completed.clear();
    if (entry.command_index + 1 == entry.command_size) {
      folding_ends_.push_back({folding_edge_.size(), entry.recorded_at_micros});
    }
  }
  named_keys_.insert(named_keys_.end(), committed.named_keys.begin(), committed.named_keys.end());
  return absl::OkStatus();
}

void Image::PublishFolded() {
  // The edge of a log is published at a command's end; a page may stop inside one.
  if (folding_ends_.empty() || folding_ends_.back().end != next_) return;
  published_keys_ = named_keys_.size();
  Publish(folding_edge_, std::exchange(folding_ends_, {}));
}

absl::Status Image::FoldCommitted(const CommittedEntries& committed) {
  RETURN_IF_ERROR(FoldUnpublished(committed));
  PublishFolded();
  return absl::OkStatus();
}

absl::Status Image::Fold(const CommittedEntries& committed) {
  WriterLock lock(mutex_);
  for (const CommittedEntry& entry : committed.entries) {
    if (entry.event == nullptr) return committed.refused;
    RETURN_IF_ERROR(state_.Fold(next_, *entry.event));
    ++next_;
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
    named_keys_.erase(named_keys_.begin() + static_cast<ptrdiff_t>(published_keys_), named_keys_.end());
  }
}

void Image::Publish(TileBuilder edge, absl::Span<const CommandEnd> commands) {
  const Position size = edge.size();
  {
    WriterLock lock(mutex_);
    state_.Publish(size);
    edge_ = std::move(edge);
    folding_edge_ = edge_;
    commands_.insert(commands_.end(), commands.begin(), commands.end());
    published_ = size;
  }
  MutexLock lock(wait_mutex_);
  announced_ = size;
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
  const SteadyTime until = ToSteady(deadline);
  SteadyTime began = SteadyNow();
  auto digests = DigestRecords(state_, size, [&] {
    if (SteadyNow() - began < kDigestSlice) return true;
    slice.reset();  // a writer that waits goes first
    slice.emplace(mutex_, size);
    began = SteadyNow();
    return began < until;
  });
  if (!digests) return absl::DeadlineExceededError("the state could not be digested before the deadline");
  return *digests;
}

absl::StatusOr<Position> Image::Resolve(const type::v1::AsOf& as_of) const {
  if (as_of.has_time()) RETURN_IF_ERROR(CheckTime(as_of.time()));
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
  const SteadyTime until = ToSteady(deadline);
  MutexLock lock(wait_mutex_);
  while (announced_ < size && !stopped_ && grown_.WaitUntil(wait_mutex_, until)) {
  }
  return announced_;
}

void Image::StopWaiting() {
  MutexLock lock(wait_mutex_);
  stopped_ = true;
  grown_.NotifyAll();
}

}  // namespace seisaku::ledger
