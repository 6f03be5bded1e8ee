// gRPC's completion queues of a server, and the thread that takes what happens on them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "grpcpp/completion_queue.h"
#include "grpcpp/server_builder.h"

namespace seisaku::rpc {

// All tags point to Events. Thread-safe, but for Start and what ends it.
class Queues {
 public:
  // Before the server is built.
  explicit Queues(grpc::ServerBuilder& builder);

  // Where calls arrive and all is told but that an answer has gone out.
  grpc::ServerCompletionQueue& calls() { return *calls_; }
  // Where that is told. Nobody waits there, so that an answer wakes no thread: it is looked at when something
  // happens to another call.
  grpc::ServerCompletionQueue& answers() { return *answers_; }
  // To be called before an answer is given.
  void ExpectAnswer() { expected_.fetch_add(1, std::memory_order_relaxed); }

  // Takes what happens, once the server is built.
  void Start();
  // Looks at answers at once from now on: the server shuts down when its last call has ended.
  void Hasten();
  // After Hasten, when the server has shut down.
  void Stop();

 private:
  void TakeAnswers();

  const std::unique_ptr<grpc::ServerCompletionQueue> calls_;
  const std::unique_ptr<grpc::ServerCompletionQueue> answers_;
  std::atomic<int64_t> expected_ = 0;
  // One takes all calls, because what it does for a call is short; a second would mostly be woken to find
  // that there is nothing to do.
  std::thread taker_;
  std::thread hastener_;
};

}  // namespace seisaku::rpc
