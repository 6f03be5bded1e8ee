// Bidirectional streams that cost no thread: a few small messages each way. For gRPC's own protocols, health and
// reflection.
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

// A call, as its handler sees it. Thread-safe.
class LightStream {
 public:
  virtual ~LightStream() = default;
  // Sends a message. It replaces an earlier one that has not been sent yet.
  virtual void Send(std::string message) = 0;
};

// The handler of one call. Called by one thread at a time. Destroyed when the call is over.
class LightTalk {
 public:
  virtual ~LightTalk() = default;
  // Called with each message of the caller. The next is read once the answer to this one was taken. An error ends the
  // call.
  virtual absl::Status Hear(const std::string& message) = 0;
  // Called when the caller will send nothing more. Returns whether that ends the call.
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
  // Ends all calls with SHUTTING_DOWN, after sending what is pending. Called after Adapter::EndWaits.
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
