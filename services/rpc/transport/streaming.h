// Server-streaming methods on gRPC's completion queue: one thread for each stream, and a time limit for each write.
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

// One response is in flight while the handler makes the next. Where a caller does not take it within
// Arrivals::patience the stream ends: gRPC sends the status after what was written, so a caller that goes on reading
// gets both. A caller that does not read the status within the same time again is cancelled.
class StreamingMethod final : public AnyMethod {
 public:
  // Runs on a thread of its own, until it is done or the stream is no longer Alive. The request has the prototype's
  // type.
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
