#include "services/rpc/transport/queues.h"

#include <chrono>

#include "absl/synchronization/notification.h"
#include "grpcpp/alarm.h"

namespace seisaku::rpc {
namespace {

constexpr int64_t kLookMillis = 50;

// Until the queue shuts down.
template <typename Then>
void TakeAll(grpc::CompletionQueue& queue, Then then) {
  void* tag = nullptr;
  bool ok = false;
  while (queue.Next(&tag, &ok)) {
    static_cast<Event*>(tag)->Happened(ok);
    then();
  }
}

}  // namespace

Queues::Queues(grpc::ServerBuilder& builder)
    : calls_(builder.AddCompletionQueue()),
      answers_(builder.AddCompletionQueue(/*is_frequently_polled=*/false)) {}

void Queues::Start() {
  taker_ = std::thread([this] {
    TakeAll(*calls_, [this] {
      while (expected_.load(std::memory_order_relaxed) > 0 && TakeAnswer()) {
      }
    });
  });
}

bool Queues::TakeAnswer() {
  void* tag = nullptr;
  bool ok = false;
  if (answers_->AsyncNext(&tag, &ok, gpr_inf_past(GPR_CLOCK_REALTIME)) != grpc::CompletionQueue::GOT_EVENT) {
    return false;
  }
  expected_.fetch_sub(1, std::memory_order_relaxed);
  static_cast<Event*>(tag)->Happened(ok);
  return true;
}

void Queues::LookForGone() {
  const int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::steady_clock::now().time_since_epoch())
                          .count();
  int64_t last = looked_at_.load(std::memory_order_relaxed);
  if (now - last < kLookMillis || !looked_at_.compare_exchange_strong(last, now)) return;
  TakeAnswers();
}

void Queues::TakeAnswers() {
  while (TakeAnswer()) {
  }
}

void Queues::Pass() {
  class Passed final : public Event {
   public:
    void Happened(bool) override { passed.Notify(); }
    absl::Notification passed;
  };
  Passed event;
  grpc::Alarm alarm(calls_.get(), std::chrono::system_clock::now(), static_cast<Event*>(&event));
  event.passed.WaitForNotification();
}

void Queues::PollAnswers() {
  answer_poller_ = std::thread([this] { TakeAll(*answers_, [] {}); });
}

void Queues::Stop() {
  answers_->Shutdown();
  answer_poller_.join();
  calls_->Shutdown();
  taker_.join();
}

}  // namespace seisaku::rpc
