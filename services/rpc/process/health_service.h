// grpc.health.v1.Health: whether this replica serves. gRPC's own implementation would start the threads of its callback
// API, which share the polling of connections and so cost every other call a thread switch. Here a Watch call costs no
// thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "google/protobuf/wrappers.pb.h"
#include "services/base/mutex.h"
#include "services/rpc/service.h"
#include "services/rpc/transport/light_stream.h"

namespace seisaku::rpc {

// Thread-safe.
class HealthService final : public RawService, public Endpoint {
 public:
  explicit HealthService(Adapter& adapter);

  // Sets the status of `service`; "" is the server as a whole.
  void SetServing(const std::string& service, bool serving);
  // Sets all to NOT_SERVING, for good.
  void Shutdown();
  // Ends all Watch calls. Called after Adapter::EndWaits.
  void EndWatches() { watch_.End(); }

  grpc::Service& service() override { return *this; }
  std::string_view full_name() const override { return "grpc.health.v1.Health"; }
  void Accept(const Arrivals& arrivals) override {
    check_.Accept(arrivals);
    watch_.Accept(arrivals);
  }

 private:
  class Watcher;
  // Wire-compatible with HealthCheckRequest (string service = 1) and HealthCheckResponse (status = 1).
  using Request = google::protobuf::StringValue;
  using Response = google::protobuf::UInt32Value;
  enum Status : uint32_t { kServing = 1, kNotServing = 2, kServiceUnknown = 3 };

  Status StatusOf(const std::string& service) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellWatchers() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int check_index_;
  const int watch_index_;
  UnaryMethod check_;
  LightStreamMethod watch_;
  Mutex mutex_;
  std::map<std::string, bool> serving_ ABSL_GUARDED_BY(mutex_);
  std::set<Watcher*> watchers_ ABSL_GUARDED_BY(mutex_);
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace seisaku::rpc
