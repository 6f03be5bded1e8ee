// Server-streaming methods on gRPC's completion queue: a thread for each stream, and no write that lasts for
// ever.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/support/async_stream.h"
#include "services/rpc/unary.h"

namespace seisaku::rpc {

// One response is on its way while the handler makes the next. A caller that does not take it within
// Arrivals::patience is ended: gRPC sends the status behind what was written, so that whoever reads on gets
// both; who does not read that in as much time again is cut off.
template <typename Request, typename Response>
class StreamingMethod final : public AnyMethod {
 public:
  // Runs in a thread of its own, until it is done or the stream is not Alive.
  using Handle = std::function<absl::Status(const CallContext&, const Request&, ResponseStream<Response>&)>;
  // Asks gRPC for the next call.
  using Ask = std::function<void(grpc::ServerContext*, Request*, grpc::ServerAsyncWriter<Response>*,
                                 grpc::ServerCompletionQueue*, Event*)>;

  // `adapter` outlives the method; `name` is "/service/Method".
  StreamingMethod(Adapter& adapter, std::string name, Ask ask, Handle handle)
      : adapter_(adapter), name_(std::move(name)), ask_(std::move(ask)), handle_(std::move(handle)) {}

  void Accept(const Arrivals& arrivals) override { (new Call(*this, arrivals))->Ask(); }

 private:
  // One call, from being asked for until gRPC knows no more of it and its thread has left; owns itself.
  class Call final : public ResponseStream<Response> {
   public:
    Call(StreamingMethod& method, const Arrivals& arrivals)
        : method_(method), arrivals_(arrivals), writer_(&context_) {}

    void Ask() {
      context_.AsyncNotifyWhenDone(&over_);
      method_.ask_(&context_, &request_, &writer_, &arrivals_.queues.calls(), &arrived_);
    }

    absl::Status Alive() const override {
      MutexLock lock(mutex_);
      return AliveLocked();
    }

    absl::Status Write(const Response& response) override {
      {
        MutexLock lock(mutex_);
        const absl::Time until = absl::Now() + arrivals_.patience;
        while (writing_ && !gone_) {
          RETURN_IF_ERROR(AliveLocked());
          if (absl::Now() >= until) return SlowConsumer();
          changed_.WaitUntil(mutex_, absl::ToChronoTime(std::min(until, absl::Now() + kAliveCheck)));
        }
        if (gone_) return AliveLocked();
        writing_ = true;
        ++owners_;
      }
      writer_.Write(response, &written_);
      return absl::OkStatus();
    }

   private:
    static constexpr absl::Duration kAliveCheck = absl::Seconds(1);

    // Leads an operation's end to what is to be done then.
    class Step final : public Event {
     public:
      Step(Call& call, void (Call::*then)(bool)) : call_(call), then_(then) {}
      void Happened(bool ok) override { (call_.*then_)(ok); }

     private:
      Call& call_;
      void (Call::*const then_)(bool);
    };

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
      absl::Status refused = method_.adapter_.BeginStream(context_, method_.name_, &call_);
      if (refused.ok() && arrivals_.streams.Run([this] { Run(); })) return;
      Finish(refused.ok() ? errors::QueueFull() : refused);
      Leave();
    }

    void Run() {
      call_.request = &request_;
      absl::Status status;
      absl::Status thrown = WithoutExceptions([&] { status = method_.handle_(call_, request_, *this); });
      Finish(thrown.ok() ? status : thrown);
      {
        MutexLock lock(mutex_);
        const auto until = absl::ToChronoTime(absl::Now() + arrivals_.patience);
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
      writer_.Finish(method_.adapter_.End(call_, status), &finish_);
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
      {
        MutexLock lock(mutex_);
        gone_ = true;
        changed_.NotifyAll();
      }
      Leave();
    }

    // To be called once by the call's thread and by each operation that has ended.
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
    const Arrivals arrivals_;
    grpc::ServerContext context_;
    Request request_;
    grpc::ServerAsyncWriter<Response> writer_;
    CallContext call_;
    Step arrived_{*this, &Call::Arrived};
    Step written_{*this, &Call::Written};
    Step finish_{*this, &Call::Finished};
    Step over_{*this, &Call::Over};

    mutable Mutex mutex_;
    CondVar changed_;
    int owners_ ABSL_GUARDED_BY(mutex_) = 2;  // the call's thread, over_, and what is under way
    bool writing_ ABSL_GUARDED_BY(mutex_) = false;
    bool finished_ ABSL_GUARDED_BY(mutex_) = false;
    bool gone_ ABSL_GUARDED_BY(mutex_) = false;
  };

  Adapter& adapter_;
  const std::string name_;
  Ask ask_;
  Handle handle_;
};

}  // namespace seisaku::rpc
