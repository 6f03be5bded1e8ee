// Pages for a monitor, over plain HTTP without certificates: to be served where only the monitor reaches them.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace seisaku::rpc {

// GET /metrics: for Prometheus. /healthz: 200 while the process lives. /readyz: 200 where the service serves, else 503
// with the reason. Thread-safe.
class StatusPages {
 public:
  struct Contents {
    std::function<std::string()> metrics;
    std::function<absl::Status()> ready;  // OK where it serves
  };

  // `listen` is host:port, or a port (of this host's loopback only); port 0: the system chooses.
  // FAILED_PRECONDITION CANNOT_LISTEN.
  static absl::StatusOr<std::unique_ptr<StatusPages>> Start(const std::string& listen, Contents contents);
  virtual ~StatusPages() = default;

  // "host:port", with the port that was chosen.
  virtual const std::string& address() const = 0;
};

}  // namespace seisaku::rpc
