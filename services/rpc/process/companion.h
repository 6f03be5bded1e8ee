// What a service runs beside its calls, such as a copy of another log that it follows.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "grpcpp/completion_queue.h"

namespace seisaku::rpc {

// Runs until it is destroyed. Thread-safe.
class Companion {
 public:
  virtual ~Companion() = default;
  // OK while the service is ready as far as this companion is concerned.
  virtual absl::Status Health() = 0;

  // An additional name in the health service, which is SERVING while Current() is OK. Empty: none.
  virtual std::string_view CurrentName() const { return {}; }
  virtual absl::Status Current() { return absl::OkStatus(); }
};

// Makes one when the server runs. `queue` is the server's and outlives the companion; its tags point to
// Events.
using MakeCompanion = std::function<std::unique_ptr<Companion>(grpc::CompletionQueue& queue)>;

}  // namespace seisaku::rpc
