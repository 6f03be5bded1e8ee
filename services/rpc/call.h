// What a handler knows of a call, whatever API carries it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/base/caller.h"

namespace seisaku::rpc {

struct CallContext {
  Caller caller;
  absl::Time deadline;  // always finite
  std::string method;   // "/seisaku.catalog.v1.CatalogService/CreatePlan"
};

// The responses of a server-streaming call. Used by one thread, the handler's.
template <typename Response>
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;

  // OK while the caller listens. CANCELLED: it does not any more; UNAVAILABLE SHUTTING_DOWN: this server is
  // about to stop; DEADLINE_EXCEEDED: the deadline has passed. To be asked at least once a second by a
  // handler that waits.
  virtual absl::Status Alive() const = 0;

  // Sends one response; blocks while the caller is slow. CANCELLED: the stream is broken.
  virtual absl::Status Write(const Response& response) = 0;
};

}  // namespace seisaku::rpc
