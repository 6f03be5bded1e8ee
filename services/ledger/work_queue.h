// What the committer has to do next, and when it begins.
#pragma once

#include <deque>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/base/mutex.h"
#include "services/ledger/answers.h"

namespace seisaku::ledger {

using Work = std::vector<PendingPtr>;

// Group commit: what comes while a batch is being committed is the next batch, with what the callers of the
// one before send as soon as they were told. Thread-safe; one thread takes.
class WorkQueue {
 public:
  explicit WorkQueue(size_t max_commands) : max_commands_(max_commands) {}

  // RESOURCE_EXHAUSTED QUEUE_FULL, UNAVAILABLE SHUTTING_DOWN.
  absl::Status Push(PendingPtr pending);
  // Waits for commands, for a size to look at (0: none) or for Interrupt, and takes what is there. False:
  // closed.
  bool Take(Work* work, Position* size);

  // How many commands were pushed and not taken.
  size_t size() const {
    MutexLock lock(mutex_);
    return commands_.size();
  }

  // Lets Take return, with what there is.
  void Interrupt();
  void Wake(Position size);
  // From now on nothing is taken; what was not is answered SHUTTING_DOWN.
  void Close();
  // False where it was closed before.
  bool WaitFor(absl::Duration duration);

 private:
  void Await() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t max_commands_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<PendingPtr> commands_ ABSL_GUARDED_BY(mutex_);
  size_t enough_ ABSL_GUARDED_BY(mutex_) = 1;  // so many commands end a wait
  size_t last_taken_ ABSL_GUARDED_BY(mutex_) = 0;
  Position size_ ABSL_GUARDED_BY(mutex_) = 0;
  bool interrupted_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace seisaku::ledger
