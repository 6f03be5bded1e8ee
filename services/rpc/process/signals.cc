#include "services/rpc/process/signals.h"

#include <chrono>
#include <ctime>

namespace seisaku::rpc {

Signals::Signals() {
  sigemptyset(&signals_);
  for (int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals_, signal);
  pthread_sigmask(SIG_BLOCK, &signals_, &mask_before_);
}

Signals::~Signals() { pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr); }

int Signals::Next(absl::Duration longest) {
  const timespec wait = absl::ToTimespec(longest);
  const int signal = sigtimedwait(&signals_, nullptr, &wait);
  if (signal > 0 && signal != SIGHUP) stopped_ = true;
  return signal > 0 ? signal : 0;  // EINTR: another signal was handled; EAGAIN: the time is over
}

void Signals::WaitForStop(const std::function<void()>& hang_up) {
  while (!stopped_) {
    if (Next(absl::Hours(1)) == SIGHUP) hang_up();
  }
}

bool Signals::WaitFor(absl::Duration longest) {
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(longest);
  while (!stopped_) {
    const auto left = end - std::chrono::steady_clock::now();
    if (left < left.zero()) return false;
    Next(absl::FromChrono(left));
  }
  return true;
}

}  // namespace seisaku::rpc
