// What a service counts, in Prometheus's terms. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/base/state_machine.h"

namespace prometheus {
class Collectable;
class Registry;
}  // namespace prometheus

namespace seisaku::rpc {

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // One finished call: seisaku_rpc_total{method,code} and seisaku_rpc_seconds{method}. `method` is one that
  // the authorization table names, so that callers cannot make new series.
  void CountCall(std::string_view method, absl::StatusCode code, absl::Duration took);

  // seisaku_log_size is what `size` returns whenever it is collected, until StopLogSize; thread-safe.
  void WatchLogSize(std::function<Position()> size);
  void StopLogSize();

  // For an exposer. Holds weak references there: the Metrics outlive it.
  std::shared_ptr<prometheus::Collectable> collectable() const;

 private:
  class Series;
  std::shared_ptr<Series> series_;
};

}  // namespace seisaku::rpc
