// grpc.reflection.v1 and v1alpha: the server's services and their descriptors. gRPC's own implementation would start
// threads and authenticate no caller.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/rpc/service.h"
#include "services/rpc/transport/light_stream.h"

namespace seisaku::rpc {

// Thread-safe.
class ReflectionService final : public RawService, public Endpoint {
 public:
  // `services` are the full names of all that the server serves besides.
  ReflectionService(Adapter& adapter, std::vector<std::string> services);

  // Ends all streams. Called after Adapter::EndWaits.
  void EndStreams();

  grpc::Service& service() override { return *this; }
  std::string_view full_name() const override { return "grpc.reflection.v1.ServerReflection"; }
  void Accept(const Arrivals& arrivals) override;

 private:
  class Talk;

  std::vector<std::string> services_;
  std::vector<std::unique_ptr<LightStreamMethod>> methods_;
};

}  // namespace seisaku::rpc
