// Unary methods on gRPC's completion queue: a few threads take all calls. A call costs no thread of its own;
// one that has to wait goes to the executor, one that changes something is answered by the ledger.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_unary_call.h"
#include "services/base/errors.h"
#include "services/rpc/adapter.h"
#include "services/rpc/event.h"
#include "services/rpc/executor.h"
#include "services/rpc/in_flight.h"
#include "services/rpc/queues.h"

namespace seisaku::rpc {

// Where calls arrive, by reference: what it names outlives the calls.
struct Arrivals {
  Queues& queues;
  Executor& executor;
  Executor& streams;  // a thread for each stream
  InFlight& in_flight;
  absl::Duration patience;  // how long a stream's caller may not take a response
};

// A method of a service.
class AnyMethod {
 public:
  virtual ~AnyMethod() = default;
  // Takes calls from now on until the queue shuts down. To be called once.
  virtual void Accept(const Arrivals& arrivals) = 0;
};

// How a handler's method is called: at once where waiting is allowed, or first where it is not.
enum class Manner { kWaiting, kQuick };

template <typename Request, typename Response>
class UnaryMethod final : public AnyMethod {
 public:
  using Reply = absl::AnyInvocable<void(absl::StatusOr<Response>) &&>;
  // Replies once, now or later; or returns false, having done nothing, where it would have to wait and may
  // not. Called by many threads at once.
  using Handle = std::function<bool(const CallContext&, const Request&, Reply&)>;
  // Asks gRPC for the next call, whose answer is told on the first queue and which arrives on the second.
  using Ask = std::function<void(grpc::ServerContext*, Request*, grpc::ServerAsyncResponseWriter<Response>*,
                                 grpc::ServerCompletionQueue*, grpc::ServerCompletionQueue*, Event*)>;

  // `adapter` outlives the method; `name` is "/service/Method".
  UnaryMethod(Adapter& adapter, std::string name, Manner manner, Ask ask, Handle handle)
      : adapter_(adapter),
        name_(std::move(name)),
        manner_(manner),
        ask_(std::move(ask)),
        handle_(std::move(handle)) {}

  void Accept(const Arrivals& arrivals) override {
    for (int i = 0; i < kAskedAhead; ++i) (new Call(*this, arrivals))->Ask();
  }

 private:
  // So many calls are taken at once without a round through gRPC's list of unclaimed ones.
  static constexpr int kAskedAhead = 4;

  // One call, from being asked for until it was answered; owns itself.
  class Call final : public Event {
   public:
    Call(UnaryMethod& method, const Arrivals& arrivals)
        : method_(method), arrivals_(arrivals), writer_(&context_) {}

    void Ask() {
      method_.ask_(&context_, &request_, &writer_, &arrivals_.queues.answers(), &arrivals_.queues.calls(),
                   this);
    }

    void Happened(bool ok) override {
      if (!ok || answered_) {
        if (answered_) arrivals_.in_flight.End();
        delete this;
        return;
      }
      (new Call(method_, arrivals_))->Ask();
      arrivals_.in_flight.Begin();
      Begin();
    }

   private:
    void Begin() {
      absl::Status admitted = method_.adapter_.Begin(context_, method_.name_, &call_);
      if (!admitted.ok()) return Answer(admitted);
      call_.may_wait = false;
      if (method_.manner_ == Manner::kQuick && Handle()) return;
      call_.may_wait = true;
      if (!arrivals_.executor.Run([this] { Handle(); })) Answer(errors::QueueFull());
    }

    bool Handle() {
      call_.request = &request_;
      Reply reply = [this](absl::StatusOr<Response> response) { Answer(std::move(response)); };
      bool handled = true;
      absl::Status thrown = WithoutExceptions([&] { handled = method_.handle_(call_, request_, reply); });
      if (!thrown.ok() && reply) std::move(reply)(std::move(thrown));
      return handled;
    }

    // The last thing that is done with this call; it may be gone on return.
    void Answer(absl::StatusOr<Response> response) {
      const grpc::Status status = method_.adapter_.End(call_, response.status());
      answered_ = true;
      arrivals_.queues.ExpectAnswer();
      if (response.ok()) {
        writer_.Finish(*response, status, static_cast<Event*>(this));
      } else {
        writer_.FinishWithError(status, static_cast<Event*>(this));
      }
    }

    UnaryMethod& method_;
    const Arrivals arrivals_;
    grpc::ServerContext context_;
    Request request_;
    grpc::ServerAsyncResponseWriter<Response> writer_;
    CallContext call_;
    bool answered_ = false;
  };

  Adapter& adapter_;
  const std::string name_;
  const Manner manner_;
  Ask ask_;
  Handle handle_;
};

}  // namespace seisaku::rpc
