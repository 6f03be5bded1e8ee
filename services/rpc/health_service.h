// grpc.health.v1.Health: whether this replica serves. gRPC's own one brings threads of its callback API with
// it, which take turns in watching the connections and so cost every other call a change of threads.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "google/protobuf/wrappers.pb.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "services/base/mutex.h"
#include "services/rpc/endpoint.h"

namespace seisaku::rpc {

// Thread-safe.
class HealthService final : public grpc::Service, public Endpoint {
 public:
  explicit HealthService(Adapter& adapter);

  // What Check and Watch say of `service` from now on; "" is the server as a whole.
  void SetServing(const std::string& service, bool serving);
  // NOT_SERVING for all, for good.
  void Shutdown();

  grpc::Service& service() override { return *this; }
  std::string_view full_name() const override { return "grpc.health.v1.Health"; }
  void Accept(const Arrivals& arrivals) override {
    check_.Accept(arrivals);
    watch_.Accept(arrivals);
  }

 private:
  // On the wire what HealthCheckRequest (string service = 1) and HealthCheckResponse (status = 1) are.
  using Request = google::protobuf::StringValue;
  using Response = google::protobuf::UInt32Value;
  enum Status : uint32_t { kServing = 1, kNotServing = 2, kServiceUnknown = 3 };

  absl::Status Tell(const std::string& service, ResponseStream<Response>& stream);
  Status StatusOf(const std::string& service) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  UnaryMethod<Request, Response> check_;
  StreamingMethod<Request, Response> watch_;
  Mutex mutex_;
  CondVar changed_;
  std::map<std::string, bool> serving_ ABSL_GUARDED_BY(mutex_);
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace seisaku::rpc
