// Private to this folder: ends the wait for a server that does not answer.
#pragma once

#include <cstdint>
#include <map>
#include <thread>

#include "absl/time/time.h"
#include "services/base/mutex.h"

namespace seisaku::postgres {

// libpq waits for an answer as long as the connection stands, and one whose other end stopped, or vanished
// behind something that still acknowledges, stands for ever. So a thread shuts down the socket of whoever has
// waited too long, which ends the wait as a lost connection does. Thread-safe.
class AnswerTimer {
 public:
  // Infinite: nobody is ever interrupted, and there is no thread.
  explicit AnswerTimer(absl::Duration patience);
  // No Wait may be left.
  ~AnswerTimer();
  AnswerTimer(const AnswerTimer&) = delete;
  AnswerTimer& operator=(const AnswerTimer&) = delete;

  // As long as it lives, somebody waits for an answer from `socket`, which stays open meanwhile.
  class Wait {
   public:
    Wait(AnswerTimer& timer, int socket) : timer_(timer), number_(timer.Add(socket)) {}
    ~Wait() { timer_.Remove(number_); }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

   private:
    AnswerTimer& timer_;
    const uint64_t number_;
  };

 private:
  struct Waiting {
    absl::Time until;
    int socket;
  };

  uint64_t Add(int socket);
  void Remove(uint64_t number);
  void Run();

  const absl::Duration patience_;
  Mutex mutex_;
  CondVar stop_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t next_number_ ABSL_GUARDED_BY(mutex_) = 0;
  // By number, so in the order in which their patience ends: all have the same.
  std::map<uint64_t, Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace seisaku::postgres
