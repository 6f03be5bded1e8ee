// Waking up when another process has written, and waking others.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace seisaku::postgres {

// A thread with its own connection that LISTENs on a channel. A notification only wakes: the callback looks
// for itself what is new, and is also called at every interval and after every (re)connect, so that a lost
// notification costs at most the interval. While the server is away it reconnects with bounded backoff.
// It also notifies the others, in transactions of its own: in the one that writes, a notification would cost
// a lock that all writers share.
class Listener {
 public:
  struct Options {
    std::string dsn;
    std::string channel;
    absl::Duration interval = absl::Seconds(1);
    absl::Duration pause = absl::Milliseconds(10);  // between two notifications of its own
    absl::Duration connect_timeout = absl::Seconds(5);
    absl::Duration max_backoff = absl::Seconds(2);
  };

  // Starts at once; the server may be down. `wake` is called on the listener's thread, one call at a time,
  // and is quick: several notifications that arrive during a call make one call, with the last one's payload;
  // "" where none woke it. Its own do not wake it. INTERNAL STORAGE_ERROR: the dsn cannot be read, or the
  // machine has no file descriptors left.
  static absl::StatusOr<std::unique_ptr<Listener>> Start(
      Options options, std::function<void(const std::string& payload)> wake);

  // Stops at once, or after a call of `wake` that is under way; none comes afterwards.
  ~Listener();
  // Notifies the others on the channel, soon: of several payloads within the pause, of the last. Does not
  // wait, and says nothing where the server is away. Thread-safe.
  void Notify(std::string payload);

  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  class Loop;
  explicit Listener(std::unique_ptr<Loop> loop);

  std::unique_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace seisaku::postgres
