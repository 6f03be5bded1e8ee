// Unary methods on gRPC's completion queue. A call has no thread of its own: one that has to wait goes to the executor,
// one that changes something is answered by the ledger. The caller is identified before the request is parsed: gRPC
// hands over bytes, and the request's descriptor says how to parse them.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_unary_call.h"
#include "grpcpp/support/byte_buffer.h"
#include "services/rpc/transport/adapter.h"
#include "services/rpc/transport/capacity.h"
#include "services/rpc/transport/in_flight.h"
#include "services/rpc/transport/queues.h"

namespace seisaku::rpc {

// What calls use of their server. Outlives the calls, as do the objects that it refers to.
struct Arrivals {
  Queues& queues;
  Capacity& capacity;
  InFlight& in_flight;
  Unsent& unsent;
  absl::Duration patience;  // how long a stream's caller may take for a response
  // Called with the peer's address of each call that its caller left before the answer. May be empty. Thread-safe.
  std::function<void(const std::string& peer)> gone = {};
};

// A method of a service.
class AnyMethod {
 public:
  virtual ~AnyMethod() = default;
  // Starts to take calls, until the queue shuts down. Called once; `arrivals` outlives the calls.
  virtual void Accept(const Arrivals& arrivals) = 0;
};

// The event of an operation's end, which calls a member function.
template <typename Call>
class Step final : public Event {
 public:
  Step(Call& call, void (Call::*then)(bool)) : call_(call), then_(then) {}
  void Happened(bool ok) override { (call_.*then_)(ok); }

 private:
  Call& call_;
  void (Call::*const then_)(bool);
};

class UnaryMethod final : public AnyMethod {
 public:
  using Reply = absl::AnyInvocable<void(absl::StatusOr<grpc::ByteBuffer>) &&>;
  // Replies once, now or later. False, and nothing is done: it would have to wait, and may not. Called by many threads
  // at once. The request has the prototype's type, and lives until the reply.
  using Handle = std::function<bool(const CallContext&, const google::protobuf::Message&, Reply&)>;
  // Asks gRPC for the next call: it arrives on the second queue, and its answer's events on the first.
  using Ask = std::function<void(grpc::ServerContext*, grpc::ByteBuffer*,
                                 grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>*,
                                 grpc::ServerCompletionQueue*, grpc::ServerCompletionQueue*, Event*)>;

  // `adapter` and `request`, the prototype of requests, outlive the method. The handler of a quick method is called on
  // the thread that takes calls first, where it may not wait.
  UnaryMethod(Adapter& adapter, Method method, const google::protobuf::Message& request, Ask ask,
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
