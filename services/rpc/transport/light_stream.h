// Streams that cost no thread: a few small messages each way, sent when something happens. For the protocols
// of gRPC's own that every service speaks: health and reflection.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/support/async_stream.h"
#include "services/base/mutex.h"
#include "services/rpc/transport/unary.h"

namespace seisaku::rpc {

// A call, for who answers it. Thread-safe.
class LightStream {
 public:
  virtual ~LightStream() = default;
  // Sends a message; in place of the one before where that is still to be sent.
  virtual void Send(std::string message) = 0;
};

// Who answers one call. Its functions are not called by two threads at once. Destroyed when the call is over.
class LightTalk {
 public:
  virtual ~LightTalk() = default;
  // What the caller sent; the next is read when what was sent on it is taken. An error ends the call.
  virtual absl::Status Hear(const std::string& message) = 0;
  // The caller will send nothing more. Whether the call ends with that.
  virtual bool EndsWithQuestions() const = 0;
};

class LightStreamMethod final : public AnyMethod {
 public:
  using Stream = grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;
  // Asks gRPC for the next call.
  using Ask = std::function<void(grpc::GenericServerContext*, Stream*, grpc::ServerCompletionQueue*, Event*)>;
  // The stream outlives what is made. An error ends the call.
  using Make = std::function<absl::StatusOr<std::unique_ptr<LightTalk>>(LightStream&,
                                                                        const grpc::GenericServerContext&)>;

  // `adapter` outlives the method.
  LightStreamMethod(Adapter& adapter, Method method, Ask ask, Make make)
      : adapter_(adapter), method_(std::move(method)), ask_(std::move(ask)), make_(std::move(make)) {}

  void Accept(const Arrivals& arrivals) override;
  // Ends all calls with SHUTTING_DOWN, once Adapter::EndWaits was called; what was to be sent is sent before.
  void End();

 private:
  class Call;

  Adapter& adapter_;
  const Method method_;
  const Ask ask_;
  const Make make_;
  Mutex mutex_;
  std::set<Call*> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace seisaku::rpc
