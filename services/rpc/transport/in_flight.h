// Calls in flight: accepted and not answered yet, or answered and the answer not sent yet.
#pragma once

#include <cstdint>
#include <list>

#include "absl/time/time.h"
#include "services/base/mutex.h"
#include "services/base/steady.h"

namespace seisaku::rpc {

// Counts the calls that were accepted and not answered yet, so that a server can wait for the last one. Thread-safe.
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

// Answers that gRPC has not sent yet. A caller that does not read would keep them in memory for ever, so they have a
// time limit. Thread-safe.
class Unsent {
 public:
  class Answer {
   public:
    // Cancels the call. Called under a lock, perhaps more than once: it must be quick, and must not destroy the answer.
    virtual void GiveUp() = 0;

   protected:
    ~Answer() = default;
  };

 private:
  struct Waiting {
    Answer* answer;
    absl::Time until;
  };

 public:
  using Place = std::list<Waiting>::iterator;

  // Gives `answer` until then to be sent. Remove is called before it is destroyed.
  Place Add(Answer& answer, absl::Time until) {
    MutexLock lock(mutex_);
    return waiting_.insert(waiting_.end(), Waiting{&answer, until});
  }
  void Remove(Place place) {
    MutexLock lock(mutex_);
    waiting_.erase(place);
  }

  // Cancels those whose time is over. Called about once a second.
  void GiveUpLate(absl::Time now) {
    MutexLock lock(mutex_);
    for (const Waiting& each : waiting_) {
      if (each.until <= now) each.answer->GiveUp();
    }
  }

 private:
  Mutex mutex_;
  std::list<Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace seisaku::rpc
