// Private to this folder: ends the wait for a server that does not answer.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "services/base/mutex.h"
#include "services/base/steady.h"

namespace seisaku::postgres {

// libpq waits for an answer as long as the connection stands, and one whose other end stopped, or vanished
// behind something that still acknowledges, stands for ever. So a thread shuts down the socket of whoever has
// waited too long, which ends the wait as a lost connection does. Before that it asks the server, which may
// be at work on what is waited for: a statement that was given up for being slow would be begun again, and
// given up again, for ever. Thread-safe.
class AnswerTimer {
 public:
  // Whose answer is waited for.
  struct Server {
    int socket;
    int process;
    std::string text;  // connects to this server, and to no other of the dsn's
  };
  // Which of a server's processes are at work; nullopt: no answer until then. Called on the timer's thread.
  using Ask = std::function<std::optional<std::vector<int>>(
      const std::string& text, const std::vector<int>& processes, SteadyTime until)>;
  // How many times `patience` at most a server is waited for that says it is at work.
  static constexpr int kLongest = 15;

  // Infinite: nobody is ever interrupted, and there is no thread.
  AnswerTimer(absl::Duration patience, Ask ask);
  // No Wait may be left.
  ~AnswerTimer();
  AnswerTimer(const AnswerTimer&) = delete;
  AnswerTimer& operator=(const AnswerTimer&) = delete;

  // As long as it lives, somebody waits for an answer of `server`, which outlives it, and its socket stays
  // open.
  class Wait {
   public:
    Wait(AnswerTimer& timer, const Server& server) : timer_(timer), number_(timer.Add(server)) {}
    ~Wait() { timer_.Remove(number_); }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

   private:
    AnswerTimer& timer_;
    const uint64_t number_;
  };

 private:
  struct Waiting {
    const Server* server;
    SteadyTime until;
    SteadyTime ask_at;
    SteadyTime longest;
  };

  uint64_t Add(const Server& server);
  void Remove(uint64_t number);
  void Run();
  void GiveUp(SteadyTime now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Asks one server about those of whom it is time to ask, without the lock meanwhile. False: there are none.
  bool AskServer(SteadyTime now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const absl::Duration patience_;
  const Ask ask_;
  Mutex mutex_;
  CondVar stop_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t next_number_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<uint64_t, Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace seisaku::postgres
