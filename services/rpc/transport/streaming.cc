#include "services/rpc/transport/streaming.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/rpc/transport/received.h"

namespace seisaku::rpc {

// One call, from asking gRPC for it until its last event and the end of its thread; owns itself.
class StreamingMethod::Call final : public RawStream {
 public:
  Call(StreamingMethod& method, const Arrivals& arrivals)
      : method_(method), arrivals_(arrivals), request_(method.prototype_.New()), writer_(&context_) {}

  void Ask() {
    context_.AsyncNotifyWhenDone(static_cast<Event*>(&over_));
    method_.ask_(&context_, &received_, &writer_, &arrivals_.queues.calls(), &arrived_);
  }

  absl::Status Alive() const override {
    MutexLock lock(mutex_);
    return AliveLocked();
  }

  absl::Status Write(const grpc::ByteBuffer& response) override {
    {
      MutexLock lock(mutex_);
      const Clock::time_point until = Patience();
      while (writing_ && !gone_) {
        RETURN_IF_ERROR(AliveLocked());
        if (Clock::now() >= until) return SlowConsumer();
        changed_.WaitUntil(mutex_, std::min(until, Clock::now() + kAliveInterval));
      }
      if (gone_) return AliveLocked();
      writing_ = true;
      ++owners_;
    }
    writer_.Write(response, static_cast<Event*>(&written_));
    return absl::OkStatus();
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kAliveInterval{1};

  Clock::time_point Patience() const {
    // A day stands for infinite patience.
    return Clock::now() + absl::ToChronoMilliseconds(std::min(arrivals_.patience, absl::Hours(24)));
  }

  absl::Status AliveLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (gone_) return absl::CancelledError("the caller has gone");
    return method_.adapter_.StreamAlive(call_.deadline);
  }

  void Arrived(bool ok) {
    if (!ok) {  // the queue shuts down; then over_ does not come
      delete this;
      return;
    }
    (new Call(method_, arrivals_))->Ask();
    arrivals_.in_flight.Begin();
    absl::Status refused = Admit();
    if (refused.ok() && places().threads.Run(call_.caller.subject, [this] { Run(); })) return;
    Finish(refused.ok() ? errors::QueueFull() : refused);
    Leave();
  }

  absl::Status Admit() {
    RETURN_IF_ERROR(method_.adapter_.BeginStream(context_, method_.method_, &call_));
    // The request is kept as long as the stream lasts, and is small: where to begin, and what is wanted.
    if (const auto bytes = static_cast<int64_t>(received_.Length()); bytes > int64_t{kQuickRequestBytes}) {
      return errors::CommandTooLarge("bytes", kQuickRequestBytes, bytes);
    }
    ASSIGN_OR_RETURN(place_, places().places.Take(call_.caller.subject));
    return absl::OkStatus();
  }
  Capacity::Streams& places() const {
    Capacity& capacity = arrivals_.capacity;
    return call_.caller.role == Role::kPeer ? capacity.peer_streams : capacity.streams;
  }

  void Run() {
    absl::Status status = ParseRequest(received_, *request_, place_);
    if (status.ok()) {
      call_.request = request_.get();
      absl::Status thrown = WithoutExceptions([&] { status = method_.handle_(call_, *request_, *this); });
      if (!thrown.ok()) status = thrown;
    }
    Finish(status);
    {
      MutexLock lock(mutex_);
      const Clock::time_point until = Patience();
      while (!finished_ && changed_.WaitUntil(mutex_, until)) {
      }
      if (!finished_) context_.TryCancel();
    }
    Leave();
  }

  void Finish(const absl::Status& status) {
    {
      MutexLock lock(mutex_);
      ++owners_;
    }
    writer_.Finish(method_.adapter_.End(call_, status), static_cast<Event*>(&finish_));
  }

  void Written(bool ok) {
    {
      MutexLock lock(mutex_);
      writing_ = false;
      gone_ |= !ok;
      changed_.NotifyAll();
    }
    Leave();
  }
  void Finished(bool) {
    {
      MutexLock lock(mutex_);
      finished_ = true;
      changed_.NotifyAll();
    }
    Leave();
  }
  void Over(bool) {
    if (context_.IsCancelled() && arrivals_.gone) arrivals_.gone(context_.peer());
    {
      MutexLock lock(mutex_);
      gone_ = true;
      changed_.NotifyAll();
    }
    Leave();
  }

  // Called once by the call's thread and by each operation that has ended.
  void Leave() {
    {
      MutexLock lock(mutex_);
      if (--owners_ > 0) return;
    }
    InFlight& in_flight = arrivals_.in_flight;
    delete this;
    in_flight.End();
  }

  StreamingMethod& method_;
  const Arrivals& arrivals_;
  grpc::ServerContext context_;
  grpc::ByteBuffer received_;
  const std::unique_ptr<google::protobuf::Message> request_;
  grpc::ServerAsyncWriter<grpc::ByteBuffer> writer_;
  CallContext call_;
  Shares::Share place_;
  Step<Call> arrived_{*this, &Call::Arrived};
  Step<Call> written_{*this, &Call::Written};
  Step<Call> finish_{*this, &Call::Finished};
  Step<Call> over_{*this, &Call::Over};

  mutable Mutex mutex_;
  CondVar changed_;
  int owners_ ABSL_GUARDED_BY(mutex_) = 2;  // the call's thread, over_, and what is under way
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool gone_ ABSL_GUARDED_BY(mutex_) = false;
};

void StreamingMethod::Accept(const Arrivals& arrivals) { (new Call(*this, arrivals))->Ask(); }

}  // namespace seisaku::rpc
