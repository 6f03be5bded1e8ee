#include "services/ledger/committer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/errors.h"
#include "services/base/status.h"

namespace seisaku::ledger {
namespace {

// A batch at least this large is appended asynchronously, so that the next one can be decided meanwhile. Smaller
// batches are not worth it: their callers send the commands of the next batch once they are acknowledged.
constexpr size_t kMinAsyncEntries = 200;
// How far PostgreSQL's clock may be behind the last entry. Beyond that appends fail until the clock is repaired.
constexpr absl::Duration kMaxClockBehindHead = absl::Seconds(10);
// How old recorded_at may be, on PostgreSQL's clock, when an entry is appended without reading that clock first.
constexpr absl::Duration kMaxClockAge = absl::Seconds(1);
constexpr absl::Duration kFirstRetryDelay = absl::Milliseconds(50);
constexpr absl::Duration kLongestRetryDelay = absl::Seconds(1);

auto PageReader(postgres::Transaction& transaction) {
  return [&transaction](Position begin, Position end) {
    return ReadBytes(transaction, begin, end, kFoldPageBytes);
  };
}

// Whether this process cannot recover from the error.
bool IsFinal(const absl::Status& health) {
  return health.code() == absl::StatusCode::kDataLoss || ReasonOf(health) == "LOG_KEY_NOT_CURRENT";
}

// A repeated request is answered from stored entries, so these must be the ones that were committed.
absl::Status CheckRepeated(postgres::Transaction& transaction,
                           const std::vector<std::optional<EarlierRequest>>& requests,
                           const TileBuilder& edge) {
  LeafCheck leaves = MakeLeafCheck(edge, transaction);
  for (const auto& request : requests) {
    if (!request.has_value()) continue;
    for (size_t i = 0; i < request->entries.size(); ++i) {
      RETURN_IF_ERROR(leaves.Check(request->begin + i, request->entries[i]));
    }
  }
  return absl::OkStatus();
}

// Whether PostgreSQL refused rows because others stand beyond the log's end, where no appender leaves any. A
// request id that the log has already violates another constraint.
bool IsPositionTaken(const absl::Status& status) {
  if (ReasonOf(status) != "STORAGE_UNIQUE_VIOLATION") return false;
  const auto info = GetErrorInfo(status);
  const auto constraint = info->metadata().find("constraint");
  static constexpr std::string_view kPlaces[] = {"entry_pkey", "entry_text_pkey", "tile_pkey"};
  return constraint != info->metadata().end() &&
         std::find(std::begin(kPlaces), std::end(kPlaces), constraint->second) != std::end(kPlaces);
}

}  // namespace

Committer::Committer(const Options& options, postgres::Database& database, Image& image, const Clock& clock)
    : options_(options),
      database_(database),
      image_(image),
      clock_(clock),
      acknowledger_(image),
      queue_(options.max_queued_commands),
      thread_([this] { Loop(); }) {}

void Committer::Join() {
  queue_.Close();
  if (thread_.joinable()) thread_.join();
}

absl::Status Committer::Enqueue(PendingPtr pending) {
  if (absl::Status health = Health(); IsFinal(health)) return health;
  RETURN_IF_ERROR(queue_.Push(pending));
  acknowledger_.Track(std::move(pending));
  return absl::OkStatus();
}

void Committer::Stop() {
  queue_.Close();
  acknowledger_.ExpireAll();
}

absl::Status Committer::Health() {
  MutexLock lock(mutex_);
  return health_;
}

absl::Status Committer::Current(absl::Duration stale) {
  MutexLock lock(mutex_);
  if (IsFinal(health_)) return health_;
  const absl::Duration since = absl::FromChrono(SteadyNow() - end_seen_at_);
  if (since <= stale) return absl::OkStatus();
  return errors::StorageUnavailable(
      absl::StrCat("this replica has not seen the log's end for ", absl::ToInt64Seconds(since), " seconds"));
}

void Committer::SetHealth(const absl::Status& status) {
  MutexLock lock(mutex_);
  if (!IsFinal(health_)) health_ = status;
  if (status.ok()) end_seen_at_ = SteadyNow();
}

void Committer::Loop() {
  Commands commands;
  Position size = 0;
  while (queue_.Take(&commands, &size)) {
    taken_at_ = std::chrono::steady_clock::now();
    auto expired = [](const PendingPtr& pending) { return pending->completed(); };
    commands.erase(std::remove_if(commands.begin(), commands.end(), expired), commands.end());
    // validate_only commands come first: they are decided against committed entries only.
    std::stable_partition(commands.begin(), commands.end(),
                          [](const PendingPtr& pending) { return pending->command().validate_only; });
    std::unique_ptr<Batch> next = DecideOptimistically(commands);  // on top of the batch in flight
    const std::unique_ptr<Batch> published = AwaitInFlight(&next);
    if (next != nullptr && next->write_batch().entries.size() >= kMinAsyncEntries) {
      StartAppend(std::exchange(commands, {}), std::move(next));
    }
    if (published != nullptr) acknowledger_.Acknowledge(published->TakeOutcomes());
    if (!commands.empty()) {
      CommitCommands(commands, std::move(next));
    } else if (!in_flight_.has_value() && size > image_.next()) {
      SetHealth(CatchUp());
    }
  }
  std::unique_ptr<Batch> none;
  if (const auto published = AwaitInFlight(&none); published != nullptr)
    acknowledger_.Acknowledge(published->TakeOutcomes());
}

absl::Status Committer::CatchUp() {
  return database_.Run(
      "catch up",
      [this](postgres::Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(Head head, ReadHead(transaction));
        return FoldTo(image_, head, options_.keys, PageReader(transaction));
      },
      postgres::Mode::kReadOnly);
}

absl::Status Committer::CheckClock(int64_t now_micros) const {
  absl::Time now = absl::FromUnixMicros(now_micros);
  absl::Time host = clock_.Now();
  if (absl::AbsDuration(now - host) > options_.clock_tolerance) {
    return errors::ClockUnsound(now, host);
  }
  absl::Time last = absl::FromUnixMicros(image_.last_recorded_at_micros());
  if (now < last - kMaxClockBehindHead) return errors::ClockUnsound(now, last);
  return absl::OkStatus();
}

void Committer::ExpectHead(Appended appended) {
  expected_head_ = std::move(appended.head);
  postgres_clock_.Set(appended.now_micros);
}

// AppendWithLock locks the head and looks for other replicas' entries and for repeated requests. While nobody else
// appends it finds none. So the commands are decided without the lock and appended by one statement, which appends
// nothing where there are such entries or requests after all.
std::unique_ptr<Batch> Committer::DecideOptimistically(const Commands& commands) {
  const auto needs_lock = [](const PendingPtr& pending) {
    return pending->command().validate_only || pending->command().redaction.has_value();
  };
  if (commands.empty() || (!expected_head_.has_value() && !in_flight_.has_value())) return nullptr;
  const int64_t now = postgres_clock_.Now();
  if (std::any_of(commands.begin(), commands.end(), needs_lock) || !CheckClock(now).ok()) return nullptr;

  auto batch = std::make_unique<Batch>(image_, options_.producer, now,
                                       in_flight_.has_value() ? in_flight_->batch.get() : nullptr);
  for (const PendingPtr& pending : commands) batch->Decide(pending, std::nullopt);
  // A command that is refused or changes nothing may be a repeated request.
  if (batch->AllAppend()) return batch;
  image_.Truncate(batch->write_batch().begin);
  return nullptr;
}

Committer::AppendAttempt Committer::AppendIfHeadUnchanged(Batch& batch, const HeadIdentity& head) {
  batch.Seal(options_.keys.current());
  const ClockWindow window = {.from = batch.write_batch().recorded_at_micros,
                              .until = batch.now_micros() + absl::ToInt64Microseconds(kMaxClockAge)};
  AppendAttempt attempt;
  attempt.result = database_.RunToOutcome("append", [&](postgres::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(attempt.appended,
                     AppendEntries(transaction, batch.write_batch(), head, window, AfterAppend::kCommit));
    return absl::OkStatus();
  });
  attempt.conflict = attempt.result.outcome == postgres::Outcome::kCommitted
                         ? !attempt.appended.has_value()
                         : ReasonOf(attempt.result.status) == "STORAGE_UNIQUE_VIOLATION";
  return attempt;
}

Committer::AppendAttempt Committer::AppendWithLock(const Commands& commands, std::unique_ptr<Batch>* batch) {
  AppendAttempt attempt;
  attempt.result = database_.RunToOutcome("append", [&](postgres::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(attempt.appended, DecideUnderLock(transaction, commands, batch));
    return absl::OkStatus();
  });
  if (IsPositionTaken(attempt.result.status)) {
    attempt.result.status = errors::LogCorrupt(image_.published(), "rows stand behind the log's end");
  }
  return attempt;
}

void Committer::StartAppend(Commands commands, std::unique_ptr<Batch> batch) {
  auto append = [this, &appending = *batch, head = *std::exchange(expected_head_, std::nullopt)] {
    AppendAttempt attempt = AppendIfHeadUnchanged(appending, head);
    queue_.Interrupt();
    return attempt;
  };
  in_flight_.emplace(InFlight{std::move(commands), std::move(batch), taken_at_,
                              std::async(std::launch::async, std::move(append))});
}

std::unique_ptr<Batch> Committer::AwaitInFlight(std::unique_ptr<Batch>* next) {
  if (!in_flight_.has_value()) return nullptr;
  InFlight in_flight = *std::exchange(in_flight_, std::nullopt);
  AppendAttempt attempt = in_flight.attempt.get();
  if (attempt.conflict) next->reset();
  const bool done = FinishAppend(in_flight.commands, &in_flight.batch, std::move(attempt));
  RecordBatch(in_flight.commands, in_flight.began);
  if (!done || !expected_head_.has_value()) next->reset();
  if (*next == nullptr) image_.Truncate(image_.published());
  return done ? std::move(in_flight.batch) : nullptr;
}

void Committer::CommitCommands(const Commands& commands, std::unique_ptr<Batch> batch) {
  AppendAttempt attempt = batch ? AppendIfHeadUnchanged(*batch, *std::exchange(expected_head_, std::nullopt))
                                : AppendWithLock(commands, &batch);
  const bool done = FinishAppend(commands, &batch, std::move(attempt));
  RecordBatch(commands, taken_at_);
  if (done) acknowledger_.Acknowledge(batch->TakeOutcomes());
}

void Committer::RecordBatch(const Commands& commands, std::chrono::steady_clock::time_point began) {
  batch_commands_.Add(static_cast<double>(commands.size()));
  batch_seconds_.Add(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
}

absl::StatusOr<std::optional<Appended>> Committer::DecideUnderLock(postgres::Transaction& transaction,
                                                                   const Commands& commands,
                                                                   std::unique_ptr<Batch>* batch) {
  std::vector<RequestKey> keys;
  keys.reserve(commands.size());
  for (const auto& pending : commands) {
    keys.push_back({pending->command().caller.subject, pending->command().request_id});
  }
  expected_head_.reset();
  ASSIGN_OR_RETURN(LockedHead locked, LockHead(transaction, keys));
  const bool alone = image_.next() == locked.head.size;
  RETURN_IF_ERROR(FoldTo(image_, locked.head, options_.keys, PageReader(transaction)));
  RETURN_IF_ERROR(CheckRepeated(transaction, locked.requests, image_.edge()));
  RETURN_IF_ERROR(CheckClock(locked.now_micros));

  *batch = std::make_unique<Batch>(image_, options_.producer, locked.now_micros);
  for (size_t i = 0; i < commands.size(); ++i) (*batch)->Decide(commands[i], locked.requests[i]);
  std::optional<Appended> appended = Appended{locked.now_micros, locked.head.identity()};
  if (!(*batch)->write_batch().entries.empty()) {
    (*batch)->Seal(options_.keys.current());
    ASSIGN_OR_RETURN(appended, AppendEntries(transaction, (*batch)->write_batch(), locked.head.identity(), {},
                                             AfterAppend::kCommit));
    if (!appended.has_value()) return errors::LogCorrupt(locked.head.size, "the head changed under its lock");
  }
  return alone ? appended : std::nullopt;
}

bool Committer::FinishAppend(const Commands& commands, std::unique_ptr<Batch>* batch, AppendAttempt attempt) {
  if (attempt.conflict) {
    image_.Truncate(image_.published());
    batch->reset();
    attempt = AppendWithLock(commands, batch);
  }
  bool unknown = attempt.result.outcome == postgres::Outcome::kUnknown && *batch != nullptr;
  bool committed = attempt.result.outcome == postgres::Outcome::kCommitted;
  if (unknown) {
    SetHealth(attempt.result.status);
    const std::optional<bool> resolved = ResolveUnknownCommit(**batch);
    unknown = !resolved.has_value();
    committed = resolved.value_or(false);
  }
  if (!unknown) SetHealth(committed ? absl::OkStatus() : attempt.result.status);
  if (!committed) {
    // The batch was decided against entries that do not exist.
    image_.Truncate(image_.published());
    for (const PendingPtr& pending : commands) {
      pending->Complete(unknown ? errors::OutcomeUnknown(pending->command().request_id)
                                : attempt.result.status);
    }
    return false;
  }
  if (attempt.appended.has_value()) ExpectHead(*std::move(attempt.appended));
  if (!(*batch)->write_batch().entries.empty()) {
    (*batch)->Publish();
    options_.announce(image_.published());
  }
  return true;
}

std::optional<bool> Committer::ResolveUnknownCommit(const Batch& batch) {
  if (batch.write_batch().entries.empty()) return true;  // there was nothing to commit
  const WriteBatch::Entry& first = batch.write_batch().entries.front();
  absl::Duration delay = kFirstRetryDelay;
  while (true) {
    bool found = false;
    absl::Status resolved = database_.Run("resolve", [&](postgres::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(LockedHead locked, LockHead(transaction, {{first.caller, first.request_id}}));
      // Compare the entry itself: another replica may have appended the same request at the same position since.
      const auto& there = locked.requests[0];
      found = there && there->begin == batch.write_batch().begin && there->entries.front() == first.bytes;
      // The lost commit may be visible and not yet durable; a commit after it is.
      return TouchHead(transaction);
    });
    if (resolved.ok()) return found;
    if (IsFinal(resolved)) {
      SetHealth(resolved);
      return std::nullopt;
    }
    if (!queue_.SleepFor(delay)) return std::nullopt;
    delay = std::min(delay * 2, kLongestRetryDelay);
  }
}

}  // namespace seisaku::ledger
