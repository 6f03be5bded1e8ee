#include "services/rpc/transport/unary.h"

#include <atomic>
#include <memory>
#include <optional>

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/rpc/transport/received.h"

namespace seisaku::rpc {
namespace {

// How many calls gRPC can hand over at once without queuing them as unclaimed.
constexpr int kAskedAhead = 4;
// Smaller answers are not counted: a caller has few calls, so these are few bytes.
constexpr size_t kSmallAnswerBytes = 16 << 10;
// Extra time after the call's deadline, for an answer given at the last moment.
constexpr absl::Duration kTimeToSend = absl::Seconds(2);

}  // namespace

// One call, from asking gRPC for it until it was answered and its last event came; owns itself.
class UnaryMethod::Call final : public Unsent::Answer {
 public:
  Call(UnaryMethod& method, const Arrivals& arrivals)
      : method_(method), arrivals_(arrivals), request_(method.prototype_.New()), writer_(&context_) {}

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
    RETURN_IF_ERROR(method_.adapter_.Begin(context_, method_.method_, &call_));
    ASSIGN_OR_RETURN(share_, arrivals_.capacity.calls.Take(call_.caller.subject,
                                                           static_cast<int64_t>(received_.Length())));
    return absl::OkStatus();
  }

  void Begin() {
    if (gone_) return Answer(Gone());
    if (absl::Status wrong = ParseRequest(received_, *request_, share_); !wrong.ok()) return Answer(wrong);
    call_.may_wait = false;
    if (method_.method_.quick && Handle()) return;
    call_.may_wait = true;
    call_.alive = [this] { return Alive(); };
    if (!arrivals_.capacity.waiting.Run(call_.caller.subject, [this] { Wait(); })) {
      Answer(errors::QueueFull());
    }
  }

  // On a thread that may wait. The call may have queued for it, so check first.
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
    call_.request = request_.get();
    Reply reply = [this](absl::StatusOr<grpc::ByteBuffer> response) { Answer(std::move(response)); };
    bool handled = true;
    absl::Status thrown = WithoutExceptions([&] { handled = method_.handle_(call_, *request_, reply); });
    if (!thrown.ok() && reply) std::move(reply)(std::move(thrown));
    return handled;
  }

  // Ends the call, which may be destroyed on return.
  void Answer(absl::StatusOr<grpc::ByteBuffer> response) {
    const grpc::Status status = method_.adapter_.End(call_, response.status());
    answered_ = true;
    received_.Clear();
    arrivals_.queues.ExpectAnswer();
    if (response.ok()) {
      // The share is held until the answer is sent, which depends on the caller.
      if (const size_t bytes = response->Length(); bytes > kSmallAnswerBytes) {
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
  // Called once when the answer was sent, and once when the call is over.
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
  const std::unique_ptr<google::protobuf::Message> request_;
  grpc::ServerAsyncResponseWriter<grpc::ByteBuffer> writer_;
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

void UnaryMethod::Accept(const Arrivals& arrivals) {
  for (int i = 0; i < kAskedAhead; ++i) (new Call(*this, arrivals))->Ask();
}

}  // namespace seisaku::rpc
