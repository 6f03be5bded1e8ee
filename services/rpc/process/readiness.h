// Keeps the health service saying what is true.
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

// Asks once a second, in a thread of its own, whether the server is ready. Thread-safe.
class Readiness {
 public:
  // What is SERVING while `ready` says OK: the server as a whole ("") or parts of it. `what` names it in the
  // log.
  struct Part {
    std::string what;
    std::vector<std::string> names;
    std::function<absl::Status()> ready;
  };

  // Sets the status of all names before it returns. The first part is the server. `health` outlives it.
  Readiness(HealthService& health, std::vector<Part> parts);
  // Says NOT_SERVING, for good.
  ~Readiness();

  // What the first part said last.
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
