// Waiting for SIGTERM, SIGINT and SIGHUP.
#pragma once

#include <csignal>
#include <functional>

#include "absl/time/time.h"

namespace seisaku::rpc {

// Blocks the signals while it lives, so that they stay pending. Made by main before any other thread is started,
// because threads inherit the mask. Not thread-safe.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Returns at SIGTERM or SIGINT, which may have come before. Calls `hang_up` for each SIGHUP until then.
  void WaitForStop(const std::function<void()>& hang_up);
  // The same for at most `longest`; ignores SIGHUP. Returns whether the process was told to stop.
  bool WaitFor(absl::Duration longest);

 private:
  // The next signal; 0: none within `longest`.
  int Next(absl::Duration longest);

  sigset_t signals_;
  sigset_t mask_before_;
  bool stopped_ = false;
};

}  // namespace seisaku::rpc
