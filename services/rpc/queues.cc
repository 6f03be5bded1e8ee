#include "services/rpc/queues.h"

#include "services/rpc/event.h"

namespace seisaku::rpc {
namespace {

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
  taker_ = std::thread([this] { TakeAll(*calls_, [this] { TakeAnswers(); }); });
}

void Queues::TakeAnswers() {
  void* tag = nullptr;
  bool ok = false;
  while (expected_.load(std::memory_order_relaxed) > 0 &&
         answers_->AsyncNext(&tag, &ok, gpr_inf_past(GPR_CLOCK_REALTIME)) ==
             grpc::CompletionQueue::GOT_EVENT) {
    expected_.fetch_sub(1, std::memory_order_relaxed);
    static_cast<Event*>(tag)->Happened(ok);
  }
}

void Queues::Hasten() {
  hastener_ = std::thread([this] { TakeAll(*answers_, [] {}); });
}

void Queues::Stop() {
  answers_->Shutdown();
  hastener_.join();
  calls_->Shutdown();
  taker_.join();
}

}  // namespace seisaku::rpc
