#include "services/rpc/signals.h"

#include <ctime>

#include "absl/time/clock.h"

namespace seisaku::rpc {

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, &mask_before_);
}

StopSignals::~StopSignals() { pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr); }

void StopSignals::Wait() {
  while (!WaitFor(absl::Hours(1))) {
  }
}

bool StopSignals::WaitFor(absl::Duration longest) {
  const absl::Time end = absl::Now() + longest;
  while (!stopped_) {
    const absl::Duration left = end - absl::Now();
    if (left < absl::ZeroDuration()) return false;
    const timespec wait = absl::ToTimespec(left);
    if (sigtimedwait(&signals_, nullptr, &wait) > 0) stopped_ = true;
    // EINTR: another signal was handled; EAGAIN: the time is over, which the loop sees.
  }
  return true;
}

}  // namespace seisaku::rpc
