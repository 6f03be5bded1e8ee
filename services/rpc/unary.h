// Unary methods on gRPC's completion queue: a few threads take all calls. A call costs no thread of its own;
// one that has to wait goes to the executor, one that changes something is answered by the ledger. Who asks
// is known before anything of the request is parsed.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_unary_call.h"
#include "grpcpp/support/byte_buffer.h"
#include "services/base/errors.h"
#include "services/rpc/adapter.h"
#include "services/rpc/capacity.h"
#include "services/rpc/event.h"
#include "services/rpc/in_flight.h"
#include "services/rpc/queues.h"
#include "services/rpc/received.h"
#include "services/rpc/unsent.h"

namespace seisaku::rpc {

// Where calls arrive. Outlives them, as what it names does.
struct Arrivals {
  Queues& queues;
  Capacity& capacity;
  InFlight& in_flight;
  Unsent& unsent;
  absl::Duration patience;  // how long a stream's caller may not take a response
  // Is told the peer's address of each call whose caller went before it was answered; may be empty.
  // Thread-safe.
  std::function<void(const std::string& peer)> gone = {};
};

// A method of a service.
class AnyMethod {
 public:
  virtual ~AnyMethod() = default;
  // Takes calls from now on until the queue shuts down. To be called once; `arrivals` outlives the calls.
  virtual void Accept(const Arrivals& arrivals) = 0;
};

// How a handler's method is called: at once where waiting is allowed, or first where it is not.
enum class Manner { kWaiting, kQuick };

// Leads an operation's end to what is to be done then.
template <typename Call>
class Step final : public Event {
 public:
  Step(Call& call, void (Call::*then)(bool)) : call_(call), then_(then) {}
  void Happened(bool ok) override { (call_.*then_)(ok); }

 private:
  Call& call_;
  void (Call::*const then_)(bool);
};

template <typename Request, typename Response>
class UnaryMethod final : public AnyMethod {
 public:
  using Reply = absl::AnyInvocable<void(absl::StatusOr<Response>) &&>;
  // Replies once, now or later; or returns false, having done nothing, where it would have to wait and may
  // not. Called by many threads at once.
  using Handle = std::function<bool(const CallContext&, const Request&, Reply&)>;
  // Asks gRPC for the next call, whose answer is told on the first queue and which arrives on the second.
  using Ask =
      std::function<void(grpc::ServerContext*, grpc::ByteBuffer*, grpc::ServerAsyncResponseWriter<Response>*,
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
  // Smaller ones are not counted: so many calls as a caller may have are few bytes with them.
  static constexpr size_t kSmallAnswerBytes = 16 << 10;
  // After the call's deadline, for what was answered at the last moment.
  static constexpr absl::Duration kTimeToSend = absl::Seconds(2);

  // One call, from being asked for until it was answered and gRPC knows no more of it; owns itself.
  class Call final : public Unsent::Answer {
   public:
    Call(UnaryMethod& method, const Arrivals& arrivals)
        : method_(method), arrivals_(arrivals), writer_(&context_) {}

    void Ask() {
      context_.AsyncNotifyWhenDone(static_cast<Event*>(&over_));
      method_.ask_(&context_, &received_, &writer_, &arrivals_.queues.answers(), &arrivals_.queues.calls(),
                   &arrived_);
    }

   private:
    void Arrived(bool ok) {
      if (!ok) {  // the queue shuts down; then over_ does not come
        delete this;
        return;
      }
      (new Call(method_, arrivals_))->Ask();
      arrivals_.in_flight.Begin();
      if (absl::Status refused = Admit(); !refused.ok()) return Answer(refused);
      if (received_.Length() <= kQuickRequestBytes) return Begin();
      if (!arrivals_.capacity.parsing.Run(call_.caller.subject, [this] { Begin(); })) {
        Answer(errors::QueueFull());
      }
    }

    absl::Status Admit() {
      RETURN_IF_ERROR(method_.adapter_.Begin(context_, method_.name_, &call_));
      ASSIGN_OR_RETURN(share_, arrivals_.capacity.calls.Take(call_.caller.subject,
                                                             static_cast<int64_t>(received_.Length())));
      return absl::OkStatus();
    }

    void Begin() {
      if (gone_) return Answer(Gone());
      if (absl::Status wrong = ParseRequest(received_, request_, share_); !wrong.ok()) return Answer(wrong);
      call_.may_wait = false;
      if (method_.manner_ == Manner::kQuick && Handle()) return;
      call_.may_wait = true;
      call_.alive = [this] { return Alive(); };
      if (!arrivals_.capacity.waiting.Run(call_.caller.subject, [this] { Wait(); })) {
        Answer(errors::QueueFull());
      }
    }

    // On a thread that may wait; there it may have waited for its turn already.
    void Wait() {
      if (absl::Status over = Alive(); !over.ok()) return Answer(over);
      Handle();
    }

    absl::Status Alive() const {
      arrivals_.queues.LookForGone();
      return gone_ ? Gone() : method_.adapter_.Serving();
    }
    static absl::Status Gone() { return absl::CancelledError("the caller has gone"); }

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
      received_.Clear();
      arrivals_.queues.ExpectAnswer();
      if (response.ok()) {
        // The share is held until the answer is out: the caller decides how soon that is.
        if (const size_t bytes = response->ByteSizeLong(); bytes > kSmallAnswerBytes) {
          share_.Hold(static_cast<int64_t>(bytes));
        }
        unsent_ = arrivals_.unsent.Add(*this, call_.deadline + kTimeToSend);
        writer_.Finish(*response, status, static_cast<Event*>(&finished_));
      } else {
        writer_.FinishWithError(status, static_cast<Event*>(&finished_));
      }
    }

    void GiveUp() override { context_.TryCancel(); }

    void Finished(bool) {
      if (unsent_) arrivals_.unsent.Remove(*unsent_);
      Leave();
    }
    void Over(bool) {
      if (!answered_) {
        gone_ = true;
        if (arrivals_.gone) arrivals_.gone(context_.peer());
      }
      Leave();
    }
    // To be called once when the answer is out, and once when the call is over.
    void Leave() {
      if (owners_.fetch_sub(1) > 1) return;
      InFlight& in_flight = arrivals_.in_flight;
      delete this;
      in_flight.End();
    }

    UnaryMethod& method_;
    const Arrivals& arrivals_;
    grpc::ServerContext context_;
    grpc::ByteBuffer received_;
    Request request_;
    grpc::ServerAsyncResponseWriter<Response> writer_;
    CallContext call_;
    Shares::Share share_;
    Step<Call> arrived_{*this, &Call::Arrived};
    Step<Call> finished_{*this, &Call::Finished};
    Step<Call> over_{*this, &Call::Over};
    std::optional<Unsent::Place> unsent_;
    std::atomic<bool> answered_ = false;
    std::atomic<bool> gone_ = false;
    std::atomic<int> owners_ = 2;
  };

  Adapter& adapter_;
  const std::string name_;
  const Manner manner_;
  Ask ask_;
  Handle handle_;
};

}  // namespace seisaku::rpc
