// gRPC's completion queues of a server, and the thread that takes what happens on them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "grpcpp/completion_queue.h"
#include "grpcpp/server_builder.h"

namespace seisaku::rpc {

// What a completion queue's tag points to.
class Event {
 public:
  virtual ~Event() = default;
  // Called once for each operation that was begun; !ok: it failed, or the queue is shutting down.
  virtual void Happened(bool ok) = 0;
};

// All tags point to Events. Thread-safe, but for Start and what ends it.
class Queues {
 public:
  // Before the server is built.
  explicit Queues(grpc::ServerBuilder& builder);

  // Where calls arrive and all is told but that an answer has gone out, or a caller.
  grpc::ServerCompletionQueue& calls() { return *calls_; }
  // Where that is told. Nobody waits there, so that an answer wakes no thread: it is looked at when something
  // happens to another call.
  grpc::ServerCompletionQueue& answers() { return *answers_; }
  // To be called before an answer is given, after which two things are told: that it went out, and that the
  // call is over.
  void ExpectAnswer() { expected_.fetch_add(2, std::memory_order_relaxed); }
  // Whoever waits for long calls this now and then: it may be that nothing happens to other calls, and who
  // asked has gone. Does nothing where it was called a moment ago.
  void LookForGone();
  // Takes all that is there to be told on answers().
  void TakeAnswers();

  // Takes what happens, once the server is built.
  void Start();
  // Returns when all that had happened on calls() before was taken.
  void Pass();
  // Looks at answers at once from now on: the server shuts down when its last call has ended.
  void PollAnswers();
  // After PollAnswers, when the server has shut down.
  void Stop();

 private:
  // One of answers(), if there is any.
  bool TakeAnswer();

  const std::unique_ptr<grpc::ServerCompletionQueue> calls_;
  const std::unique_ptr<grpc::ServerCompletionQueue> answers_;
  std::atomic<int64_t> expected_ = 0;   // fewer than none where callers have gone
  std::atomic<int64_t> looked_at_ = 0;  // in milliseconds of a steady clock
  // One takes all calls, because what it does for a call is short; a second would mostly be woken to find
  // that there is nothing to do.
  std::thread taker_;
  std::thread answer_poller_;
};

}  // namespace seisaku::rpc
