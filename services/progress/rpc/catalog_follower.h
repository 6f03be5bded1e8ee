// Copies catalog's log into progress's, as it grows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "seisaku/log/v1/log_service.grpc.pb.h"
#include "services/base/caller.h"
#include "services/base/mutex.h"
#include "services/base/steady.h"
#include "services/ledger/ledger.h"
#include "services/ledger/tree/key.h"
#include "services/progress/domain/state.h"
#include "services/rpc/companion.h"

namespace seisaku::progress {

// Runs in a thread of its own until it is destroyed. Several replicas may follow at once: who comes second
// with a stretch finds it known. Thread-safe.
class CatalogFollower final : public rpc::Companion {
 public:
  struct Options {
    std::shared_ptr<grpc::Channel> catalog;
    ledger::VerifierKey verifier;  // catalog's, pinned
    std::string origin;            // of catalog's log
    Caller self;                   // this service, a peer: the actor of what is copied
    absl::Duration first_retry = absl::Milliseconds(100);
    absl::Duration longest_retry = absl::Seconds(5);
    // A replica of catalog that lags behind says the same as one whose log was restored from an older copy;
    // what is said for so long, and nothing else meanwhile, is taken for the latter. One that no longer folds
    // its log says that instead, before as much time has passed.
    absl::Duration shorter_patience = absl::Seconds(30);
  };

  // `ledger` keeps `state`; both outlive the follower, as does the server's `queue`.
  CatalogFollower(Options options, ledger::Ledger& ledger, const State& state, grpc::CompletionQueue& queue);
  ~CatalogFollower() override;
  CatalogFollower(const CatalogFollower&) = delete;
  CatalogFollower& operator=(const CatalogFollower&) = delete;

  // OK while it follows or tries to: progress works while catalog is down. Else why it has stopped for good:
  // CATALOG_FORK (catalog tells another story than was copied, or a shorter one, and signs it), LOG_CORRUPT
  // (an entry that this build does not know; not that a replica of catalog says so of its own log),
  // SIGNATURE_INVALID, SIGNATURE_MISSING, ORIGIN_MISMATCH, MALFORMED, COMMAND_TOO_LARGE, ROLE_REQUIRED.
  absl::Status Health() override;

 private:
  void Run();
  // One connection, until it ends; why it did.
  absl::Status Follow();
  absl::Status Take(log::v1::WatchEntriesResponse response);
  absl::Status Append(log::v1::WatchEntriesResponse response);
  // Why a stream cannot begin where the copy ends: CATALOG_FORK once catalog has signed a shorter log than
  // `known` for longer than a replica lags.
  absl::Status Shorter(log::v1::LogService::Stub& catalog, const CatalogMark& known);
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
  std::optional<SteadyTime> shorter_since_;

  Mutex mutex_;
  CondVar stop_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* running_ ABSL_GUARDED_BY(mutex_) = nullptr;
  absl::Status health_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

// The caller that the certificate in `pem` (leaf first) makes of its owner. UNAUTHENTICATED
// CERTIFICATE_UNUSABLE.
absl::StatusOr<Caller> CallerOfCertificate(const std::string& pem);

}  // namespace seisaku::progress
