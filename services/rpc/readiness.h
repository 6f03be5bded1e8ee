// Keeps the health service saying what is true.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "services/base/mutex.h"

namespace seisaku::rpc {

class HealthService;

// Asks once a second, in a thread of its own, whether the server is ready. Thread-safe.
class Readiness {
 public:
  // Sets the status of `names` and of the server as a whole before it returns. `health` outlives it.
  Readiness(HealthService& health, std::vector<std::string> names, std::function<absl::Status()> ready);
  // Says NOT_SERVING, for good.
  ~Readiness();

 private:
  void Run();
  void Tell(const absl::Status& status);

  HealthService& health_;
  const std::vector<std::string> names_;
  const std::function<absl::Status()> ready_;
  absl::Status told_;  // what was logged last; of the thread that tells
  Mutex mutex_;
  CondVar stop_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace seisaku::rpc
