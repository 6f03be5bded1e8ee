// LISTEN and NOTIFY: waking up when another process has written, and waking the others. libpqxx 6.4 can only
// block while it connects and waits.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace seisaku::postgres {

// A thread with a connection of its own that LISTENs on a channel. Thread-safe.
//
// A notification only wakes; the callback reads for itself what is new. It is also called at every interval and
// after every (re)connect, so a lost notification costs at most one interval. While the server is away the thread
// reconnects with bounded backoff.
//
// The thread also notifies the others, in transactions of its own. NOTIFY inside the writing transaction would
// take a lock that all writers share.
class Listener {
 public:
  struct Options {
    std::string dsn;
    std::string channel;
    absl::Duration interval = absl::Seconds(1);
    absl::Duration pause = absl::Milliseconds(10);  // between two own notifications
    absl::Duration connect_timeout = absl::Seconds(5);
    absl::Duration max_backoff = absl::Seconds(2);
  };

  // Starts the thread; the server may be down. `wake` is called on it, one call at a time, and must be quick.
  // Notifications that arrive during a call make one more call, with the payload of the last; "" where there was
  // no notification. Its own notifications do not wake it. INTERNAL STORAGE_ERROR: the dsn cannot be parsed, or
  // no file descriptor is left.
  static absl::StatusOr<std::unique_ptr<Listener>> Start(
      Options options, std::function<void(const std::string& payload)> wake);

  // Waits for a running call of `wake`; no call comes afterwards.
  ~Listener();

  // Notifies the other listeners soon. Of several payloads within one pause only the last is sent; while the
  // server is away none is. Does not block.
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
