// The metrics of a service's log.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "services/base/mutex.h"
#include "services/ledger/ledger.h"
#include "services/rpc/log/log_service.h"
#include "services/rpc/process/metrics.h"

namespace seisaku::rpc {

// Size, queue, batches, PostgreSQL's connections and errors, and the last checkpoint.
void SampleLog(ledger::Ledger& ledger, Samples& samples);

// Watches for the newest cosignature of a log, which any replica may have stored. Thread-safe.
class CosignatureWatch {
 public:
  // `ledger` outlives it.
  CosignatureWatch(ledger::Ledger& ledger, LogKeys keys)
      : ledger_(ledger), keys_(keys), handlers_(ledger, std::move(keys)) {}

  // Called about once a second. Reads PostgreSQL once a minute while it is available.
  void Look(absl::Time now);
  void Sample(Samples& samples) const;

 private:
  struct Newest {
    Position size;
    absl::Time at;
  };
  absl::StatusOr<Newest> Read();

  ledger::Ledger& ledger_;
  const LogKeys keys_;
  LogHandlers handlers_;
  absl::Time due_ = absl::InfinitePast();  // of the thread that looks
  mutable Mutex mutex_;
  std::optional<Newest> newest_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace seisaku::rpc
