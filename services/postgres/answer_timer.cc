#include "services/postgres/answer_timer.h"

#include <sys/socket.h>

#include "absl/time/clock.h"

namespace seisaku::postgres {

AnswerTimer::AnswerTimer(absl::Duration patience) : patience_(patience) {
  if (patience_ < absl::InfiniteDuration()) thread_ = std::thread([this] { Run(); });
}

AnswerTimer::~AnswerTimer() {
  if (!thread_.joinable()) return;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    stop_.NotifyAll();
  }
  thread_.join();
}

uint64_t AnswerTimer::Add(int socket) {
  MutexLock lock(mutex_);
  waiting_.emplace(next_number_, Waiting{absl::Now() + patience_, socket});
  return next_number_++;
}

void AnswerTimer::Remove(uint64_t number) {
  MutexLock lock(mutex_);
  waiting_.erase(number);
}

// Nobody wakes it for a new wait, whose patience ends after this sleep does.
void AnswerTimer::Run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    const absl::Time now = absl::Now();
    while (!waiting_.empty() && waiting_.begin()->second.until <= now) {
      shutdown(waiting_.begin()->second.socket, SHUT_RDWR);
      waiting_.erase(waiting_.begin());
    }
    const absl::Time next = waiting_.empty() ? now + patience_ : waiting_.begin()->second.until;
    stop_.WaitUntil(mutex_, absl::ToChronoTime(next));
  }
}

}  // namespace seisaku::postgres
