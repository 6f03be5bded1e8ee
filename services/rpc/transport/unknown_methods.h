// Answers calls of methods that the server does not have with UNIMPLEMENTED METHOD_UNKNOWN and the method in the
// metadata. (gRPC itself would answer UNIMPLEMENTED without ErrorInfo.) The caller is authenticated first, as for any
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
