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
  // OK while the service may say that it serves.
  virtual absl::Status Health() = 0;

  // What is told beside that, under a name of the health service of its own: SERVING while Current() is OK.
  // Empty: nothing.
  virtual std::string_view CurrentName() const { return {}; }
  virtual absl::Status Current() { return absl::OkStatus(); }
};

// Makes one when the server runs. `queue` is the server's and outlives the companion; its tags point to
// Events.
using MakeCompanion = std::function<std::unique_ptr<Companion>(grpc::CompletionQueue& queue)>;

}  // namespace seisaku::rpc
