#include "services/ledger/image.h"

#include <algorithm>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/steady.h"
#include "services/base/timestamp.h"

namespace seisaku::ledger {
namespace {

// How long a digest may block the committer.
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

using FoldPage = absl::Status (Image::*)(const CommittedEntries&);

absl::Status FoldPages(Image& image, Position end, ReadPage read, FoldPage fold) {
  using Bytes = absl::StatusOr<std::vector<std::string>>;
  using Entries = absl::StatusOr<CommittedEntries>;
  Position begin = image.next();  // of the page that is read
  if (begin >= end) return absl::OkStatus();
  // Three pages are in flight: one is folded, the next is parsed and hashed, the one after that is read. A single
  // page needs no threads.
  const auto launch = end - begin > kFoldPage ? std::launch::async : std::launch::deferred;
  const auto read_on = [&] {
    return std::async(launch, [=] { return read(begin, std::min(end, begin + kFoldPage)); });
  };
  std::future<Bytes> reading = read_on();
  std::future<Entries> parsing;
  while (image.next() < end) {
    std::future<Entries> next;
    if (begin < end) {
      Bytes bytes = reading.get();
      const Position first = std::exchange(begin, bytes.ok() ? begin + bytes->size() : end);
      if (begin < end) reading = read_on();
      next = std::async(launch, [&image, first, bytes = std::move(bytes)]() -> Entries {
        RETURN_IF_ERROR(bytes.status());
        return CommittedEntries::Parse(image.state(), first, *bytes);
      });
    }
    if (parsing.valid()) {
      ASSIGN_OR_RETURN(CommittedEntries page, parsing.get());
      RETURN_IF_ERROR((image.*fold)(page));
    }
    parsing = std::move(next);
  }
  return absl::OkStatus();
}

absl::Status CheckSigned(const Image& image, const Head& head, const SigningKeys& keys) {
  const absl::Status named = keys.CheckCurrent(image.named_keys());
  const absl::Status sealed = CheckSeal(head, keys.SealVerifiers(head.size, image.named_keys()));
  if (sealed.ok() || named.ok()) return sealed.ok() ? named : sealed;
  // LOG_KEY_NOT_CURRENT explains more than a wrong seal, but only where a key of this log made the seal.
  std::vector<VerifierKey> known(keys.verifiers().begin(), keys.verifiers().end());
  for (const auto& [position, key] : image.named_keys()) known.push_back(key);
  return CheckSeal(head, known).ok() ? named : sealed;
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
                                        : committed.refused;  // folding ends there
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
  std::vector<Tile> completed;  // stored by whoever appended the entries
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
  // A page may end inside a command; only whole commands are published.
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
    slice.reset();  // lets a waiting writer go first
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

absl::Status FoldTo(Image& image, Position end, ReadPage read) {
  return FoldPages(image, end, read, &Image::FoldCommitted);
}

absl::Status CheckTree(const Image& image, const Head& head) {
  const bool whole = image.folded_whole_commands() && image.folded().size() == head.size;
  if (!whole || image.folded().ToBytes() != head.frontier) {
    return errors::LogCorrupt(head.size, "the head's frontier is not that of the entries");
  }
  if (image.folded_recorded_at_micros() == head.recorded_at_micros) return absl::OkStatus();
  return errors::LogCorrupt(head.size, "the head's time is not that of its last entry");
}

absl::Status FoldTo(Image& image, const Head& head, const SigningKeys& keys, ReadPage read) {
  if (head.size < image.published()) {
    return errors::LogCorrupt(head.size, absl::StrCat("the log has ", head.size, " entries and had ",
                                                      image.published(), ": an older copy was restored"));
  }
  absl::Status folded = FoldPages(image, head.size, read, &Image::FoldUnpublished);
  if (folded.ok()) folded = CheckTree(image, head);
  if (folded.ok()) folded = CheckSigned(image, head, keys);
  if (folded.ok()) {
    image.PublishFolded();
  } else {
    image.Truncate(image.published());
  }
  return folded;
}

}  // namespace seisaku::ledger
