#include "services/ledger/committer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/ledger/folding.h"

namespace seisaku::ledger {
namespace {

// Entries of a batch while whose insertion the next one is decided. With smaller ones, whoever is told of one
// sends what the next is made of.
constexpr size_t kLargeBatch = 200;
// How far PostgreSQL's clock may fall behind the last entry before appending waits for it to be repaired.
constexpr absl::Duration kMaxClockBehindHead = absl::Seconds(10);
// How old recorded_at may be, on PostgreSQL's clock, when an entry is added without a look at that clock.
constexpr absl::Duration kMaxCarried = absl::Seconds(1);
constexpr absl::Duration kFirstRetryDelay = absl::Milliseconds(50);
constexpr absl::Duration kLongestRetryDelay = absl::Seconds(1);

auto PagesOf(postgres::Transaction& transaction) {
  return [&transaction](Position begin, Position end) {
    return ReadBytes(transaction, begin, end, kFoldPageBytes);
  };
}

// Nothing that this process does mends it.
bool IsFinal(const absl::Status& health) {
  return health.code() == absl::StatusCode::kDataLoss || ReasonOf(health) == "LOG_KEY_NOT_CURRENT";
}

// A repetition is answered from what is stored.
absl::Status CheckRepeated(postgres::Transaction& transaction,
                           const std::vector<std::optional<EarlierRequest>>& requests,
                           const TileBuilder& edge) {
  LeafCheck own = CheckAgainst(edge, transaction);
  for (const auto& request : requests) {
    if (!request.has_value()) continue;
    for (size_t i = 0; i < request->entries.size(); ++i) {
      RETURN_IF_ERROR(own.Check(request->begin + i, request->entries[i]));
    }
  }
  return absl::OkStatus();
}

// Whether PostgreSQL refused rows because others stand where the log goes on. Who appends leaves none there;
// that another command has the request id is no such case.
bool IsTaken(const absl::Status& status) {
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
      answers_(image),
      queue_(options.max_queued_commands),
      thread_([this] { Loop(); }) {}

void Committer::End() {
  queue_.Close();
  if (thread_.joinable()) thread_.join();
}

absl::Status Committer::Enqueue(PendingPtr pending) {
  if (absl::Status health = Health(); IsFinal(health)) return health;
  RETURN_IF_ERROR(queue_.Push(pending));
  answers_.Expect(std::move(pending));
  return absl::OkStatus();
}

void Committer::Stop() {
  queue_.Close();
  answers_.GiveUp();
}

absl::Status Committer::Health() {
  MutexLock lock(mutex_);
  return health_;
}

absl::Status Committer::Current(absl::Duration stale) {
  MutexLock lock(mutex_);
  if (IsFinal(health_)) return health_;
  const absl::Duration since = absl::FromChrono(SteadyNow() - looked_at_);
  if (since <= stale) return absl::OkStatus();
  return errors::StorageUnavailable(
      absl::StrCat("this replica has not seen the log's end for ", absl::ToInt64Seconds(since), " seconds"));
}

void Committer::SetHealth(const absl::Status& status) {
  MutexLock lock(mutex_);
  if (!IsFinal(health_)) health_ = status;
  if (status.ok()) looked_at_ = SteadyNow();
}

void Committer::Loop() {
  Work work;
  Position size = 0;
  while (queue_.Take(&work, &size)) {
    taken_at_ = std::chrono::steady_clock::now();
    auto gone = [](const PendingPtr& pending) { return pending->told(); };
    work.erase(std::remove_if(work.begin(), work.end(), gone), work.end());
    // What is only validated is decided against what is committed, before anything tentative is there.
    std::stable_partition(work.begin(), work.end(),
                          [](const PendingPtr& pending) { return pending->command().validate_only; });
    std::unique_ptr<Batch> next = DecideAtOnce(work);  // on top of what is in flight
    const std::unique_ptr<Batch> landed = Land(&next);
    if (next != nullptr && next->addition().entries.size() >= kLargeBatch) {
      Launch(std::exchange(work, {}), std::move(next));
    }
    if (landed != nullptr) answers_.Tell(landed->TakeAnswers());
    if (!work.empty()) {
      Process(work, std::move(next));
    } else if (!flight_.has_value() && size > image_.next()) {
      SetHealth(CatchUp());
    }
  }
  std::unique_ptr<Batch> none;
  if (const auto landed = Land(&none); landed != nullptr) answers_.Tell(landed->TakeAnswers());
}

absl::Status Committer::CatchUp() {
  return database_.Run(
      "catch up",
      [this](postgres::Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(Head head, ReadHead(transaction));
        return FoldTo(image_, head, options_.keys, PagesOf(transaction));
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

void Committer::Know(Added left) {
  known_head_ = std::move(left.head);
  postgres_clock_.Set(left.now_micros);
}

// The careful way asks first: it locks the head, and looks whether others have appended and requests are
// repeated. Where neither is so, that was in vain; so, while nobody else appends, commands are decided and
// added with one statement, which adds nothing where one of the two is so after all.
std::unique_ptr<Batch> Committer::DecideAtOnce(const Work& work) {
  const auto needs_care = [](const PendingPtr& pending) {
    return pending->command().validate_only || pending->command().redaction.has_value();
  };
  if (work.empty() || (!known_head_.has_value() && !flight_.has_value())) return nullptr;
  const int64_t now = postgres_clock_.Now();
  if (std::any_of(work.begin(), work.end(), needs_care) || !CheckClock(now).ok()) return nullptr;

  auto batch = std::make_unique<Batch>(image_, options_.producer, now,
                                       flight_.has_value() ? flight_->batch.get() : nullptr);
  for (const PendingPtr& pending : work) batch->Decide(pending, std::nullopt);
  // What is refused, or changes nothing, may be a request that was taken before.
  if (batch->AllAdd()) return batch;
  image_.Truncate(batch->addition().begin);
  return nullptr;
}

Committer::Tried Committer::AddAtOnce(Batch& batch, const KnownHead& head) {
  batch.Seal(options_.keys.current());
  const Window when = {.from = batch.addition().recorded_at_micros,
                       .until = batch.now_micros() + absl::ToInt64Microseconds(kMaxCarried)};
  Tried tried;
  tried.finished = database_.RunToOutcome("append", [&](postgres::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(tried.added, Add(transaction, batch.addition(), head, when, Then::kCommit));
    return absl::OkStatus();
  });
  tried.in_vain = tried.finished.outcome == postgres::Outcome::kCommitted
                      ? !tried.added.has_value()
                      : ReasonOf(tried.finished.status) == "STORAGE_UNIQUE_VIOLATION";
  return tried;
}

Committer::Tried Committer::AddCarefully(const Work& work, std::unique_ptr<Batch>* batch) {
  Tried tried;
  tried.finished = database_.RunToOutcome("append", [&](postgres::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(tried.added, Attempt(transaction, work, batch));
    return absl::OkStatus();
  });
  if (IsTaken(tried.finished.status)) {
    tried.finished.status = errors::LogCorrupt(image_.published(), "rows stand behind the log's end");
  }
  return tried;
}

void Committer::Launch(Work work, std::unique_ptr<Batch> batch) {
  auto add = [this, &adding = *batch, head = *std::exchange(known_head_, std::nullopt)] {
    Tried tried = AddAtOnce(adding, head);
    queue_.Interrupt();
    return tried;
  };
  flight_.emplace(
      Flight{std::move(work), std::move(batch), taken_at_, std::async(std::launch::async, std::move(add))});
}

std::unique_ptr<Batch> Committer::Land(std::unique_ptr<Batch>* next) {
  if (!flight_.has_value()) return nullptr;
  Flight flight = *std::exchange(flight_, std::nullopt);
  Tried tried = flight.tried.get();
  if (tried.in_vain) next->reset();
  const bool settled = Settle(flight.work, &flight.batch, std::move(tried));
  Count(flight.work, flight.began);
  if (!settled || !known_head_.has_value()) next->reset();
  if (*next == nullptr) image_.Truncate(image_.published());
  return settled ? std::move(flight.batch) : nullptr;
}

void Committer::Process(const Work& work, std::unique_ptr<Batch> batch) {
  Tried tried =
      batch ? AddAtOnce(*batch, *std::exchange(known_head_, std::nullopt)) : AddCarefully(work, &batch);
  const bool settled = Settle(work, &batch, std::move(tried));
  Count(work, taken_at_);
  if (settled) answers_.Tell(batch->TakeAnswers());
}

void Committer::Count(const Work& work, std::chrono::steady_clock::time_point began) {
  batch_commands_.Add(static_cast<double>(work.size()));
  batch_seconds_.Add(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
}

absl::StatusOr<std::optional<Added>> Committer::Attempt(postgres::Transaction& transaction, const Work& work,
                                                        std::unique_ptr<Batch>* batch) {
  std::vector<RequestKey> keys;
  keys.reserve(work.size());
  for (const auto& pending : work) {
    keys.push_back({pending->command().caller.subject, pending->command().request_id});
  }
  known_head_.reset();
  ASSIGN_OR_RETURN(Ahead ahead, LockHead(transaction, keys));
  const bool alone = image_.next() == ahead.head.size;
  RETURN_IF_ERROR(FoldTo(image_, ahead.head, options_.keys, PagesOf(transaction)));
  RETURN_IF_ERROR(CheckRepeated(transaction, ahead.requests, image_.edge()));
  RETURN_IF_ERROR(CheckClock(ahead.now_micros));

  *batch = std::make_unique<Batch>(image_, options_.producer, ahead.now_micros);
  for (size_t i = 0; i < work.size(); ++i) (*batch)->Decide(work[i], ahead.requests[i]);
  std::optional<Added> added = Added{ahead.now_micros, ahead.head.known()};
  if (!(*batch)->addition().entries.empty()) {
    (*batch)->Seal(options_.keys.current());
    ASSIGN_OR_RETURN(added, Add(transaction, (*batch)->addition(), ahead.head.known(), {}, Then::kCommit));
    if (!added.has_value()) return errors::LogCorrupt(ahead.head.size, "the head changed under its lock");
  }
  return alone ? added : std::nullopt;
}

bool Committer::Settle(const Work& work, std::unique_ptr<Batch>* batch, Tried tried) {
  if (tried.in_vain) {
    image_.Truncate(image_.published());
    batch->reset();
    tried = AddCarefully(work, batch);
  }
  bool open = tried.finished.outcome == postgres::Outcome::kUnknown && *batch != nullptr;
  bool committed = tried.finished.outcome == postgres::Outcome::kCommitted;
  if (open) {
    SetHealth(tried.finished.status);
    const std::optional<bool> took_place = ResolveUnknown(**batch);
    open = !took_place.has_value();
    committed = took_place.value_or(false);
  }
  if (!open) SetHealth(committed ? absl::OkStatus() : tried.finished.status);
  if (!committed) {
    // What was decided was decided against a state that never was.
    image_.Truncate(image_.published());
    for (const PendingPtr& pending : work) {
      pending->Tell(open ? errors::OutcomeUnknown(pending->command().request_id) : tried.finished.status);
    }
    return false;
  }
  if (tried.added.has_value()) Know(*std::move(tried.added));
  if (!(*batch)->addition().entries.empty()) {
    (*batch)->Publish();
    options_.announce(image_.published());
  }
  return true;
}

std::optional<bool> Committer::ResolveUnknown(const Batch& batch) {
  if (batch.addition().entries.empty()) return true;  // nothing was written, so nothing is in doubt
  const Addition::Entry& first = batch.addition().entries.front();
  absl::Duration delay = kFirstRetryDelay;
  while (true) {
    bool found = false;
    absl::Status resolved = database_.Run("resolve", [&](postgres::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(Ahead ahead, LockHead(transaction, {{first.caller, first.request_id}}));
      // The very entry: another replica may have appended the same request in the same place since.
      const auto& there = ahead.requests[0];
      found = there && there->begin == batch.addition().begin && there->entries.front() == first.bytes;
      // What the lost commit left may be visible and not yet as durable as a commit has to be.
      return TouchHead(transaction);
    });
    if (resolved.ok()) return found;
    if (IsFinal(resolved)) {
      SetHealth(resolved);
      return std::nullopt;
    }
    if (!queue_.WaitFor(delay)) return std::nullopt;
    delay = std::min(delay * 2, kLongestRetryDelay);
  }
}

}  // namespace seisaku::ledger
