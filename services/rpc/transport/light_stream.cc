#include "services/rpc/transport/light_stream.h"

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "grpcpp/alarm.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/rpc/transport/received.h"

namespace seisaku::rpc {
namespace {

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::string bytes;
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace

// One call, from asking gRPC for it until its last event; owns itself.
class LightStreamMethod::Call final : public LightStream {
 public:
  Call(LightStreamMethod& method, const Arrivals& arrivals)
      : method_(method), arrivals_(arrivals), stream_(&context_) {}

  void Ask() {
    context_.AsyncNotifyWhenDone(static_cast<Event*>(&over_));
    method_.ask_(&context_, &stream_, &arrivals_.queues.calls(), &arrived_);
  }

  void Send(std::string message) override {
    MutexLock lock(mutex_);
    to_send_ = std::move(message);
    GoOn();
  }

  void End(const absl::Status& status) {
    MutexLock lock(mutex_);
    if (!ended_) ended_ = status;
    GoOn();
  }

 private:
  void Arrived(bool ok) {
    if (!ok) {  // the queue shuts down; then over_ does not come
      delete this;
      return;
    }
    (new Call(method_, arrivals_))->Ask();
    arrivals_.in_flight.Begin();
    {
      MutexLock lock(method_.mutex_);
      method_.calls_.insert(this);  // so that End finds it, if it does not find out itself
    }
    if (absl::Status refused = Admit(); !refused.ok()) return End(refused);
    auto talk = method_.make_(*this, context_);
    if (!talk.ok()) return End(talk.status());
    talk_ = *std::move(talk);
    MutexLock lock(mutex_);
    ++owners_;
    alarm_.Set(&arrivals_.queues.calls(), absl::ToChronoTime(call_.deadline), static_cast<Event*>(&late_));
    wants_to_hear_ = true;
    GoOn();
  }

  absl::Status Admit() {
    RETURN_IF_ERROR(method_.adapter_.BeginStream(context_, method_.method_, &call_));
    ASSIGN_OR_RETURN(place_, arrivals_.capacity.light_streams.Take(call_.caller.subject));
    return method_.adapter_.StreamAlive(call_.deadline);
  }

  // Starts the next operation: one message is in flight at a time, the status follows the last one, and the next message
  // of the caller is read once the answer was taken.
  void GoOn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || finishing_) return;
    if (to_send_ && !gone_) {
      writing_ = true;
      ++owners_;
      const grpc::ByteBuffer message = ToBuffer(*to_send_);
      to_send_.reset();
      stream_.Write(message, static_cast<Event*>(&written_));
    } else if (ended_) {
      finishing_ = true;
      ++owners_;
      stream_.Finish(method_.adapter_.End(call_, *ended_), static_cast<Event*>(&finished_));
    } else if (wants_to_hear_) {
      wants_to_hear_ = false;
      ++owners_;
      stream_.Read(&received_, static_cast<Event*>(&heard_));
    }
  }

  void Heard(bool ok) {
    if (!ok) {
      if (talk_->EndsWithQuestions()) End(absl::OkStatus());
    } else if (received_.Length() > kQuickRequestBytes) {
      End(errors::CommandTooLarge("bytes", kQuickRequestBytes, static_cast<int64_t>(received_.Length())));
    } else if (absl::Status wrong = talk_->Hear(ToString(received_)); !wrong.ok()) {
      End(wrong);
    } else {
      MutexLock lock(mutex_);
      wants_to_hear_ = true;
      GoOn();
    }
    received_.Clear();
    Leave();
  }
  void Written(bool ok) {
    {
      MutexLock lock(mutex_);
      writing_ = false;
      if (!ok) GoneLocked();
      GoOn();
    }
    Leave();
  }
  void Finished(bool) { Leave(); }
  void Over(bool) {
    if (context_.IsCancelled() && arrivals_.gone) arrivals_.gone(context_.peer());
    {
      MutexLock lock(mutex_);
      GoneLocked();
      GoOn();
    }
    alarm_.Cancel();
    Leave();
  }
  // At the deadline. A caller that does not even read earlier messages is cancelled.
  void Late(bool ok) {
    if (ok) {
      End(absl::DeadlineExceededError("the stream has lasted as long as it may"));
      MutexLock lock(mutex_);
      if (!finishing_) context_.TryCancel();
    }
    Leave();
  }

  void GoneLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    gone_ = true;
    if (!ended_) ended_ = absl::CancelledError("the caller has gone");
  }

  // Called once by each operation that has ended, and when the call is over.
  void Leave() {
    {
      MutexLock lock(mutex_);
      if (--owners_ > 0) return;
    }
    {
      MutexLock lock(method_.mutex_);
      method_.calls_.erase(this);
    }
    InFlight& in_flight = arrivals_.in_flight;
    delete this;
    in_flight.End();
  }

  LightStreamMethod& method_;
  const Arrivals& arrivals_;
  grpc::GenericServerContext context_;
  Stream stream_;
  grpc::ByteBuffer received_;
  CallContext call_;
  Shares::Share place_;
  grpc::Alarm alarm_;
  Step<Call> arrived_{*this, &Call::Arrived};
  Step<Call> heard_{*this, &Call::Heard};
  Step<Call> written_{*this, &Call::Written};
  Step<Call> finished_{*this, &Call::Finished};
  Step<Call> late_{*this, &Call::Late};
  Step<Call> over_{*this, &Call::Over};

  Mutex mutex_;
  int owners_ ABSL_GUARDED_BY(mutex_) = 1;  // over_, and what is under way
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finishing_ ABSL_GUARDED_BY(mutex_) = false;
  bool gone_ ABSL_GUARDED_BY(mutex_) = false;
  bool wants_to_hear_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<std::string> to_send_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> ended_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<LightTalk> talk_;  // goes first: it may know of what is above
};

void LightStreamMethod::Accept(const Arrivals& arrivals) { (new Call(*this, arrivals))->Ask(); }

void LightStreamMethod::End() {
  MutexLock lock(mutex_);
  for (Call* call : calls_) call->End(errors::ShuttingDown());
}

}  // namespace seisaku::rpc
