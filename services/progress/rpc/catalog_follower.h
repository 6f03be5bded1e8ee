// Copies catalog's log into progress's, as it grows.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "seisaku/log/v1/log_service.grpc.pb.h"
#include "services/base/caller.h"
#include "services/base/mutex.h"
#include "services/base/steady.h"
#include "services/ledger/ledger.h"
#include "services/ledger/tree/key.h"
#include "services/progress/domain/state.h"
#include "services/rpc/process/companion.h"
#include "services/rpc/process/metrics.h"
#include "services/rpc/transport/channel.h"

namespace seisaku::progress {

// Runs on a thread of its own until it is destroyed. Several replicas may follow at once: entries that another replica
// has copied first are not copied again. Thread-safe.
class CatalogFollower final : public rpc::Companion {
 public:
  // Its name for the health service.
  static constexpr std::string_view kCurrentName = "seisaku.progress.catalog";

  struct Options {
    rpc::ChannelMaker catalog;     // asked whenever it connects
    ledger::VerifierKey verifier;  // catalog's, pinned
    std::string origin;            // of catalog's log
    Caller self;                   // this service, a peer: the actor of what is copied
    absl::Duration first_retry = absl::Milliseconds(100);
    absl::Duration longest_retry = absl::Seconds(5);
    // A replica of catalog that lags behind reports a shorter log, and so does one that was restored from an older
    // backup. When nothing else is reported for so long it is taken for the latter. (A replica that no longer folds its
    // log reports that sooner.)
    absl::Duration shorter_patience = absl::Seconds(30);
    // Catalog reports every five seconds even when nothing happens, so an idle copy may seem so far behind.
    absl::Duration max_lag = absl::Seconds(30);
  };

  // `ledger` keeps `state`; both outlive the follower, as do `metrics` and the server's `queue`.
  CatalogFollower(Options options, ledger::Ledger& ledger, const State& state, grpc::CompletionQueue& queue,
                  rpc::Metrics& metrics);
  ~CatalogFollower() override;
  CatalogFollower(const CatalogFollower&) = delete;
  CatalogFollower& operator=(const CatalogFollower&) = delete;

  // OK while it follows or tries to: progress works while catalog is down. Else why it has stopped for good:
  // CATALOG_FORK (catalog tells another story than was copied, or a shorter one, and signs it), LOG_CORRUPT
  // (an entry that this build does not know; not that a replica of catalog says so of its own log),
  // SIGNATURE_INVALID, SIGNATURE_MISSING, ORIGIN_MISMATCH, MALFORMED, COMMAND_TOO_LARGE, ROLE_REQUIRED (of
  // Options::self; not that catalog says so).
  absl::Status Health() override;

  // SERVING while the copy is current: it had all of catalog within Options::max_lag, or this is why not.
  std::string_view CurrentName() const override { return kCurrentName; }
  absl::Status Current() override;

 private:
  void Run();
  // One connection, until it ends; why it did.
  absl::Status Follow();
  absl::Status Take(log::v1::WatchEntriesResponse response);
  absl::Status Append(log::v1::WatchEntriesResponse response);
  // Why a stream cannot begin where the copy ends: CATALOG_FORK once catalog has signed a shorter log than
  // `known` for longer than a replica lags.
  absl::Status Shorter(log::v1::LogService::Stub& catalog, const CatalogMark& known);
  // For Current and the metrics: how long catalog is known to be, how much of it was copied, and whether that
  // is all there is now.
  void Note(Position catalog_size, Position copied, bool has_all);
  void SetConnected(bool connected);
  // Catalog's size as it signs it now; `context` is of this call.
  absl::StatusOr<Position> AskSize(log::v1::LogService::Stub& catalog, grpc::ClientContext& context);
  // Makes `context` the one that the destructor cancels. False: told to stop.
  bool Begin(grpc::ClientContext* context);
  void Sample(rpc::Samples& samples);
  // What progress knows of catalog, published.
  absl::StatusOr<CatalogMark> Known();
  // False: told to stop.
  bool Sleep(absl::Duration duration);

  const Options options_;
  ledger::Ledger& ledger_;
  const State& state_;
  grpc::CompletionQueue& queue_;
  // Of the thread alone: whether this connection brought anything; since when catalog has been shorter.
  bool took_something_ = false;
  bool caught_up_ = false;  // this connection once brought all there was
  std::string outage_;      // why it does not follow, as it was logged; an outage is one line
  std::optional<SteadyTime> shorter_since_;

  Mutex mutex_;
  CondVar stop_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* running_ ABSL_GUARDED_BY(mutex_) = nullptr;
  absl::Status health_ ABSL_GUARDED_BY(mutex_);
  // What catalog last said, and since when the copy may lack something; at first, since it was started.
  Position catalog_size_ ABSL_GUARDED_BY(mutex_) = 0;
  Position copied_size_ ABSL_GUARDED_BY(mutex_) = 0;
  std::chrono::steady_clock::time_point had_all_at_ ABSL_GUARDED_BY(mutex_);
  bool connected_ ABSL_GUARDED_BY(mutex_) = false;
  const std::unique_ptr<rpc::Metrics::Subscription> sampled_;
  std::thread thread_;
};

}  // namespace seisaku::progress
