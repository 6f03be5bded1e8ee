// Threads for calls that have to wait: for PostgreSQL, for a position, for a result of much work.
#pragma once

#include <deque>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "services/base/mutex.h"

namespace seisaku::rpc {

// Starts threads as work comes, up to a limit, and keeps them. Thread-safe.
class Executor {
 public:
  using Work = absl::AnyInvocable<void() &&>;

  // More than `max_waiting` pieces of work beyond those that run are refused.
  Executor(size_t max_threads, size_t max_waiting) : max_threads_(max_threads), max_waiting_(max_waiting) {}
  // Runs what was taken, and returns when it is done.
  ~Executor();

  // False where there is too much to do already: `work` was not taken and will not run.
  bool Run(Work work);

 private:
  void Loop();

  const size_t max_threads_;
  const size_t max_waiting_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Work> waiting_ ABSL_GUARDED_BY(mutex_);
  size_t idle_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace seisaku::rpc
