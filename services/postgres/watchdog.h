// Private to this folder: closes connections whose server does not answer.
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

// libpq waits for an answer as long as the connection stands. A connection whose peer has stopped, or vanished
// behind something that still acknowledges packets, stands for ever. So a thread shuts down the socket of a
// connection that has waited too long; libpq then reports a lost connection.
//
// Half-way to the timeout it asks the server whether the backend is active. An active one gets more time: a slow
// statement that is given up would be started again, and given up again, for ever. Thread-safe.
class Watchdog {
 public:
  // One connection's backend.
  struct Server {
    int socket;
    int process;       // its PID on the server
    std::string text;  // a connection string for exactly this server, out of several in the dsn
  };
  // Returns which of `processes` are active; nullopt: no answer by `until`. Called on the watchdog's thread.
  using ReadActive = std::function<std::optional<std::vector<int>>(
      const std::string& text, const std::vector<int>& processes, SteadyTime until)>;
  // An active backend is waited for at most this many times `timeout`.
  static constexpr int kMaxTimeouts = 15;

  // Infinite `timeout`: nothing is ever shut down, and there is no thread.
  Watchdog(absl::Duration timeout, ReadActive read_active);
  // No Wait may be left.
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // While it lives, the caller waits for an answer of `server`. `server` outlives it, and its socket stays open.
  class Wait {
   public:
    Wait(Watchdog& watchdog, const Server& server) : watchdog_(watchdog), number_(watchdog.Add(server)) {}
    ~Wait() { watchdog_.Remove(number_); }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

   private:
    Watchdog& watchdog_;
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
  void ShutDownExpired(SteadyTime now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Asks one server about its backends that are due, and extends the time of active ones. Unlocks meanwhile.
  // False: none is due.
  bool ExtendActive(SteadyTime now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const absl::Duration timeout_;
  const ReadActive read_active_;
  Mutex mutex_;
  CondVar stop_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t next_number_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<uint64_t, Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace seisaku::postgres
