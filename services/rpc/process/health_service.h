// grpc.health.v1.Health: whether this replica serves. gRPC's own one brings threads of its callback API with
// it, which take turns in watching the connections and so cost every other call a change of threads. Who
// watches costs no thread.
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

  // What Check and Watch say of `service` from now on; "" is the server as a whole.
  void SetServing(const std::string& service, bool serving);
  // NOT_SERVING for all, for good.
  void Shutdown();
  // Ends who watches, once Adapter::EndWaits was called.
  void EndWatches() { watch_.End(); }

  grpc::Service& service() override { return *this; }
  std::string_view full_name() const override { return "grpc.health.v1.Health"; }
  void Accept(const Arrivals& arrivals) override {
    check_.Accept(arrivals);
    watch_.Accept(arrivals);
  }

 private:
  class Watcher;
  // On the wire what HealthCheckRequest (string service = 1) and HealthCheckResponse (status = 1) are.
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
