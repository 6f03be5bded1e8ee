// Server-streaming methods on gRPC's completion queue: a thread for each stream, and no write that lasts for
// ever.
#pragma once

#include <functional>
#include <utility>

#include "grpcpp/support/async_stream.h"
#include "services/rpc/transport/unary.h"

namespace seisaku::rpc {

// The responses of a stream as bytes; see ResponseStream, which is what handlers see of it.
class RawStream {
 public:
  virtual ~RawStream() = default;
  virtual absl::Status Alive() const = 0;
  virtual absl::Status Write(const grpc::ByteBuffer& response) = 0;
};

// One response is on its way while the handler makes the next. A caller that does not take it within
// Arrivals::patience is ended: gRPC sends the status behind what was written, so that whoever reads on gets
// both; who does not read that in as much time again is cut off.
class StreamingMethod final : public AnyMethod {
 public:
  // Runs in a thread of its own, until it is done or the stream is not Alive. The request is of the
  // prototype's type.
  using Handle =
      std::function<absl::Status(const CallContext&, const google::protobuf::Message&, RawStream&)>;
  // Asks gRPC for the next call.
  using Ask =
      std::function<void(grpc::ServerContext*, grpc::ByteBuffer*, grpc::ServerAsyncWriter<grpc::ByteBuffer>*,
                         grpc::ServerCompletionQueue*, Event*)>;

  // `adapter` and `request`, the prototype of requests, outlive the method.
  StreamingMethod(Adapter& adapter, Method method, const google::protobuf::Message& request, Ask ask,
                  Handle handle)
      : adapter_(adapter),
        method_(std::move(method)),
        prototype_(request),
        ask_(std::move(ask)),
        handle_(std::move(handle)) {}

  void Accept(const Arrivals& arrivals) override;

 private:
  class Call;

  Adapter& adapter_;
  const Method method_;
  const google::protobuf::Message& prototype_;
  const Ask ask_;
  const Handle handle_;
};

}  // namespace seisaku::rpc
