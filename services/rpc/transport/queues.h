// A server's completion queues, and the thread that takes events from them.
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
  // Called once for each operation. !ok: it failed, or the queue is shutting down.
  virtual void Happened(bool ok) = 0;
};

// All tags point to Events. Thread-safe, but for Start and what ends it.
class Queues {
 public:
  // Before the server is built.
  explicit Queues(grpc::ServerBuilder& builder);

  // Gets every event except those of answers().
  grpc::ServerCompletionQueue& calls() { return *calls_; }
  // Gets the events that an answer was sent and that a call is over. No thread waits on it, so an answer wakes no
  // thread: the queue is polled when something happens on calls().
  grpc::ServerCompletionQueue& answers() { return *answers_; }
  // Called before an answer is given: two events will follow on answers().
  void ExpectAnswer() { expected_.fetch_add(2, std::memory_order_relaxed); }
  // Polls answers(), so that a call that waits for long learns that its caller has gone even while nothing happens on
  // calls(). Does nothing where it was called a moment ago.
  void LookForGone();
  // Takes all events that answers() has.
  void TakeAnswers();

  // Starts the thread that takes events. Called once the server is built.
  void Start();
  // Returns when every event that calls() had before was taken.
  void Pass();
  // From now on answers() is polled at once, because the server shuts down when its last call has ended.
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
  // One thread takes all calls, because its work for a call is short; a second one would mostly wake for nothing.
  std::thread taker_;
  std::thread answer_poller_;
};

}  // namespace seisaku::rpc
