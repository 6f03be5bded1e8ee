// Counts the calls that were taken and not answered yet, so that a server can wait for the last one.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "services/base/mutex.h"
#include "services/base/steady.h"

namespace seisaku::rpc {

// Thread-safe.
class InFlight {
 public:
  void Begin() {
    MutexLock lock(mutex_);
    ++count_;
    ++begun_;
  }
  void End() {
    MutexLock lock(mutex_);
    if (--count_ == 0) none_.NotifyAll();
  }
  // How many there were so far.
  int64_t begun() {
    MutexLock lock(mutex_);
    return begun_;
  }
  // False when `deadline` passed first.
  bool WaitForNone(absl::Time deadline) {
    const SteadyTime until = ToSteady(deadline);
    MutexLock lock(mutex_);
    while (count_ > 0 && none_.WaitUntil(mutex_, until)) {
    }
    return count_ == 0;
  }

 private:
  Mutex mutex_;
  CondVar none_;
  int64_t count_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t begun_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace seisaku::rpc
