#include "services/progress/rpc/catalog_follower.h"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "services/base/ids.h"
#include "services/base/status.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/progress/domain/errors.h"
#include "services/rpc/process/log.h"
#include "services/rpc/status.h"
#include "services/rpc/transport/stream_reader.h"

namespace seisaku::progress {
namespace {

constexpr absl::Duration kAppendDeadline = absl::Seconds(30);
constexpr absl::Duration kAskDeadline = absl::Seconds(5);

// Errors that trying again cannot mend.
bool IsForGood(const absl::Status& status) {
  static const std::set<std::string> kReasons = {"CATALOG_FORK",      "LOG_CORRUPT",     "SIGNATURE_INVALID",
                                                 "SIGNATURE_MISSING", "ORIGIN_MISMATCH", "MALFORMED",
                                                 "COMMAND_TOO_LARGE", "ROLE_REQUIRED"};
  return kReasons.count(ReasonOf(status)) > 0;
}

// The error of a call to catalog, as the follower takes it. A replica that has stopped, because its log is corrupt, is no
// reason to stop following others; nor is a refused certificate, which may be renewed.
absl::Status FromCatalog(const grpc::Status& status) {
  const absl::Status refused = rpc::FromGrpcStatus(status);
  if (!absl::IsDataLoss(refused) && !absl::IsPermissionDenied(refused)) return refused;
  return absl::UnavailableError("catalog: " + std::string(refused.message()));
}

// Between half of `longest` and all of it, so that replicas do not come back together.
absl::Duration Jittered(absl::Duration longest) {
  static thread_local std::minstd_rand random{std::random_device()()};
  return longest * (500 + static_cast<int>(random() % 501)) / 1000;
}

}  // namespace

CatalogFollower::CatalogFollower(Options options, ledger::Ledger& ledger, const State& state,
                                 grpc::CompletionQueue& queue, rpc::Metrics& metrics)
    : options_(std::move(options)),
      ledger_(ledger),
      state_(state),
      queue_(queue),
      had_all_at_(std::chrono::steady_clock::now()),
      sampled_(metrics.Subscribe([this](rpc::Samples& samples) { Sample(samples); })),
      thread_([this] { Run(); }) {}

CatalogFollower::~CatalogFollower() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    if (running_ != nullptr) running_->TryCancel();
    stop_.NotifyAll();
  }
  thread_.join();
}

absl::Status CatalogFollower::Health() {
  MutexLock lock(mutex_);
  return health_;
}

absl::Status CatalogFollower::Current() {
  MutexLock lock(mutex_);
  if (!health_.ok()) return health_;
  const auto behind = absl::FromChrono(std::chrono::steady_clock::now() - had_all_at_);
  if (behind <= options_.max_lag) return absl::OkStatus();
  return absl::UnavailableError(
      fmt::format("for {} the copy of catalog may lack something; it has {} entries, and catalog had {}",
                  absl::FormatDuration(absl::Trunc(behind, absl::Seconds(1))), copied_size_, catalog_size_));
}

void CatalogFollower::Note(Position catalog_size, Position copied, bool has_all) {
  MutexLock lock(mutex_);
  catalog_size_ = std::max({catalog_size_, catalog_size, copied});
  copied_size_ = copied;
  if (has_all) had_all_at_ = std::chrono::steady_clock::now();
}

void CatalogFollower::Sample(rpc::Samples& samples) {
  MutexLock lock(mutex_);
  const auto behind = std::chrono::steady_clock::now() - had_all_at_;
  samples.Gauge("seisaku_catalog_connected", "1 while catalog's log is streamed, else 0.", connected_);
  samples.Gauge("seisaku_catalog_lag_entries",
                "Entries that catalog is known to have and that were not copied yet.",
                static_cast<double>(catalog_size_ - copied_size_));
  samples.Gauge("seisaku_catalog_lag_seconds",
                "How long ago the copy was last known to have all of catalog: up to 5 where nothing happens.",
                std::chrono::duration<double>(behind).count());
}

bool CatalogFollower::Sleep(absl::Duration duration) {
  MutexLock lock(mutex_);
  const SteadyTime end = SteadyAfter(duration);
  while (!stopping_ && stop_.WaitUntil(mutex_, end)) {
  }
  return !stopping_;
}

void CatalogFollower::Run() {
  absl::Duration retry = options_.first_retry;
  while (true) {
    took_something_ = caught_up_ = false;
    absl::Status ended = Follow();
    SetConnected(false);
    std::string why(ended.message());
    if (IsForGood(ended)) {
      rpc::LogError("catalog is not followed any more", {}, ended);
      MutexLock lock(mutex_);
      health_ = std::move(ended);
      return;
    }
    // Streams end every hour; one that worked is resumed at once.
    retry = took_something_ ? options_.first_retry : std::min(retry * 2, options_.longest_retry);
    if (why != outage_) rpc::LogInfo("catalog is not followed for now", {}, ended);
    outage_ = std::move(why);
    if (!Sleep(Jittered(retry))) return;
  }
}

void CatalogFollower::SetConnected(bool connected) {
  MutexLock lock(mutex_);
  connected_ = connected;
}

bool CatalogFollower::Begin(grpc::ClientContext* context) {
  MutexLock lock(mutex_);
  running_ = context;
  return !stopping_;
}

absl::StatusOr<Position> CatalogFollower::AskSize(log::v1::LogService::Stub& catalog,
                                                  grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + kAskDeadline));
  log::v1::GetCheckpointResponse response;
  const grpc::Status asked = catalog.GetCheckpoint(&context, {}, &response);
  if (!asked.ok()) return rpc::FromGrpcStatus(asked);
  ASSIGN_OR_RETURN(const ledger::Checkpoint claimed,
                   ledger::OpenCheckpoint(response.checkpoint(), options_.origin, options_.verifier));
  return claimed.size;
}

absl::Status CatalogFollower::Follow() {
  ASSIGN_OR_RETURN(CatalogMark known, Known());
  Note(0, known.size, false);
  // How long to wait is decided here; gRPC's own back-off would add up to two minutes.
  const std::shared_ptr<grpc::Channel> channel = options_.catalog();
  grpc::experimental::ChannelResetConnectionBackoff(channel.get());
  auto stub = log::v1::LogService::NewStub(channel);
  grpc::ClientContext asking, context;
  if (!Begin(&asking)) return absl::CancelledError("stopping");
  // Until the stream has caught up it reports only its position.
  if (const auto size = AskSize(*stub, asking); size.ok()) Note(*size, known.size, false);
  if (!Begin(&context)) return absl::CancelledError("stopping");
  log::v1::WatchEntriesRequest request;
  request.set_start(known.size);
  request.set_checkpoint_each(true);
  rpc::StreamReader<log::v1::WatchEntriesResponse> stream(
      [&](void* tag) { return stub->AsyncWatchEntries(&context, request, &queue_, tag); });
  log::v1::WatchEntriesResponse response;
  absl::Status taken;
  while (taken.ok() && stream.Read(&response)) {
    SetConnected(true);
    if (!std::exchange(outage_, "").empty()) rpc::LogInfo("following catalog again");
    caught_up_ |= response.caught_up();
    taken = Take(std::move(response));
    took_something_ |= taken.ok();
    shorter_since_.reset();
  }
  if (!taken.ok()) context.TryCancel();
  grpc::Status finished = stream.Finish();
  Begin(nullptr);
  if (!taken.ok()) return taken;
  if (finished.error_code() == grpc::StatusCode::OUT_OF_RANGE) return Shorter(*stub, known);
  shorter_since_.reset();
  return finished.ok() ? absl::UnavailableError("the stream ended") : FromCatalog(finished);
}

absl::StatusOr<CatalogMark> CatalogFollower::Known() {
  ASSIGN_OR_RETURN(ledger::Snapshot snapshot, ledger_.Read({.deadline = absl::Now() + kAppendDeadline}));
  const CatalogMark* mark = state_.catalog_marks().At(snapshot.size());
  return mark == nullptr ? CatalogMark{0, ledger::EmptyRoot()} : *mark;
}

absl::Status CatalogFollower::Shorter(log::v1::LogService::Stub& catalog, const CatalogMark& known) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kAskDeadline));
  log::v1::GetCheckpointResponse response;
  const grpc::Status asked = catalog.GetCheckpoint(&context, {}, &response);
  if (!asked.ok()) {
    shorter_since_.reset();
    return FromCatalog(asked);
  }
  ASSIGN_OR_RETURN(ledger::Checkpoint claimed,
                   ledger::OpenCheckpoint(response.checkpoint(), options_.origin, options_.verifier));
  if (claimed.size >= known.size) {
    shorter_since_.reset();
    return absl::UnavailableError("catalog has caught up");
  }
  if (!shorter_since_) shorter_since_ = SteadyNow();
  absl::Status fork = errors::CatalogFork({options_.origin, known.size, known.root}, claimed);
  if (absl::FromChrono(SteadyNow() - *shorter_since_) >= options_.shorter_patience) return fork;
  return absl::UnavailableError(fork.message());
}

absl::Status CatalogFollower::Take(log::v1::WatchEntriesResponse response) {
  ASSIGN_OR_RETURN(ledger::Checkpoint checkpoint,
                   ledger::OpenCheckpoint(response.checkpoint(), options_.origin, options_.verifier));
  ASSIGN_OR_RETURN(CatalogMark known, Known());
  if (checkpoint.size == known.size && checkpoint.root != known.root) {
    return errors::CatalogFork({options_.origin, known.size, known.root}, checkpoint);
  }
  // Another replica may have been first with a part.
  if (response.start() < known.size) {
    auto entries = static_cast<Position>(response.entries_size());
    Position passed = std::min(known.size - response.start(), entries);
    response.mutable_entries()->DeleteSubrange(0, static_cast<int>(passed));
    response.set_start(response.start() + passed);
  }
  Note(checkpoint.size, known.size, false);
  if (!response.entries().empty()) RETURN_IF_ERROR(Append(std::move(response)));
  // Once it has caught up, a stream reports each new entry at once.
  Note(checkpoint.size, std::max(known.size, checkpoint.size), caught_up_);
  return absl::OkStatus();
}

absl::Status CatalogFollower::Append(log::v1::WatchEntriesResponse response) {
  auto advance = std::make_shared<v1::CatalogAdvanced>();
  advance->set_start(response.start());
  *advance->mutable_entries() = std::move(*response.mutable_entries());
  advance->set_checkpoint(std::move(*response.mutable_checkpoint()));

  ledger::Command command;
  command.caller = options_.self;
  command.request_id = NewUuid();
  command.request_digest = ledger::Sha256(advance->SerializeAsString());
  command.steps.push_back(std::move(advance));
  return ledger_.Append(std::move(command), absl::Now() + kAppendDeadline, [](const ledger::Outcome&) {})
      .status();
}

}  // namespace seisaku::progress
