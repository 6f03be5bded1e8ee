// SIGTERM, SIGINT and SIGHUP as something to wait for.
#pragma once

#include <csignal>
#include <functional>

#include "absl/time/time.h"

namespace seisaku::rpc {

// While it lives, none of them ends the process; they are kept. Made in main before any other thread is
// started (threads inherit the mask). Not thread-safe.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Returns when the process has been told to stop (SIGTERM, SIGINT), now or before. Calls `hang_up` for each
  // SIGHUP until then.
  void WaitForStop(const std::function<void()>& hang_up);
  // The same, for at most `longest`, where SIGHUP means nothing yet; whether it has been told.
  bool WaitFor(absl::Duration longest);

 private:
  // The next signal; 0: none within `longest`.
  int Next(absl::Duration longest);

  sigset_t signals_;
  sigset_t mask_before_;
  bool stopped_ = false;
};

}  // namespace seisaku::rpc
