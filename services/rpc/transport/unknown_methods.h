// Answers calls of methods that a server does not have: UNIMPLEMENTED METHOD_UNKNOWN, with the method in the
// metadata, where gRPC itself would say UNIMPLEMENTED and nothing more. Who calls is asked first, as for any
// method.
#pragma once

#include "grpcpp/generic/async_generic_service.h"
#include "services/rpc/transport/light_stream.h"

namespace seisaku::rpc {

// Thread-safe.
class UnknownMethods {
 public:
  explicit UnknownMethods(Adapter& adapter);

  // For ServerBuilder::RegisterAsyncGenericService.
  grpc::AsyncGenericService& service() { return service_; }
  void Accept(const Arrivals& arrivals) { calls_.Accept(arrivals); }

 private:
  grpc::AsyncGenericService service_;
  LightStreamMethod calls_;
};

}  // namespace seisaku::rpc
