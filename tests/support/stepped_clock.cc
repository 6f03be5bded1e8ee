#include "tests/support/stepped_clock.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>

namespace {
std::atomic<int64_t> step_seconds = 0;
}  // namespace

// Instead of the C library's, for all of this program.
extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const auto result = static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += step_seconds;
  return result;
}

namespace seisaku {

SteppedClock::SteppedClock(absl::Duration step) { step_seconds = absl::ToInt64Seconds(step); }
SteppedClock::~SteppedClock() { step_seconds = 0; }

}  // namespace seisaku
