// Keeps the health service up to date.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/base/mutex.h"
#include "services/rpc/process/ticker.h"

namespace seisaku::rpc {

class HealthService;

// A thread that asks once a second whether the server is ready. Thread-safe.
class Readiness {
 public:
  // The names that are SERVING while `ready` returns OK: the server as a whole (""), or parts of it. `what` stands for
  // them in the log.
  struct Part {
    std::string what;
    std::vector<std::string> names;
    std::function<absl::Status()> ready;
  };

  // Sets the status of all names before it returns. The first part is the server. `health` outlives it.
  Readiness(HealthService& health, std::vector<Part> parts);
  // Sets NOT_SERVING, for good.
  ~Readiness();

  // The last status of the first part.
  absl::Status status() const;

 private:
  void Tell();

  HealthService& health_;
  const std::vector<Part> parts_;
  mutable Mutex mutex_;
  std::vector<absl::Status> told_ ABSL_GUARDED_BY(mutex_);  // by part
  std::unique_ptr<Ticker> ticker_;
};

}  // namespace seisaku::rpc
