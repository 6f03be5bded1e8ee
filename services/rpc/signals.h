// SIGTERM and SIGINT as something to wait for.
#pragma once

#include <csignal>

#include "absl/time/time.h"

namespace seisaku::rpc {

// While it lives, SIGTERM and SIGINT do not end the process but are kept. Made in main before any other
// thread is started (threads inherit the mask). Not thread-safe.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Returns when the process has been told to stop, now or before.
  void Wait();
  // The same, for at most `longest`; whether it has been told.
  bool WaitFor(absl::Duration longest);

 private:
  sigset_t signals_;
  sigset_t mask_before_;
  bool stopped_ = false;
};

}  // namespace seisaku::rpc
