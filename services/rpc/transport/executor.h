// Threads for work that may wait.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "services/base/mutex.h"

namespace seisaku::rpc {

// Starts threads as work arrives, up to a limit, and keeps them. Callers take turns, and each has a limited number of
// threads, so that a busy caller does not keep the others waiting. Thread-safe.
class Executor {
 public:
  using Work = absl::AnyInvocable<void() &&>;

  struct Limits {
    size_t threads;
    size_t threads_of_one;  // that work for one caller at a time
    size_t waiting;         // the longest queue; more work is refused
  };

  explicit Executor(const Limits& limits) : limits_(limits) {}
  // Finishes all accepted work first.
  ~Executor();

  // False: the queue is full, and `work` will not run.
  bool Run(const std::string& caller, Work work);

 private:
  struct Queue {
    std::deque<Work> waiting;
    size_t running = 0;
    bool in_turn = false;
  };
  using ByCaller = std::unordered_map<std::string, Queue>;

  void Loop();
  // Puts a caller that has work to begin at the end of the turn.
  void Line(ByCaller::value_type& caller) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Limits limits_;
  Mutex mutex_;
  CondVar changed_;
  ByCaller callers_ ABSL_GUARDED_BY(mutex_);                        // those with work
  std::deque<ByCaller::value_type*> turn_ ABSL_GUARDED_BY(mutex_);  // those whose work may begin, each once
  size_t waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t may_begin_ ABSL_GUARDED_BY(mutex_) = 0;  // of those that wait
  size_t idle_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace seisaku::rpc
