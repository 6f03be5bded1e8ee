// The host's clock as this program sees it, which a test may step.
#pragma once

#include "absl/time/time.h"

namespace seisaku {

// While it lives, this program's wall clock shows `step` more than the host's. Its steady clock goes on, as
// when an operator sets the clock. One at a time.
class SteppedClock {
 public:
  explicit SteppedClock(absl::Duration step);
  ~SteppedClock();
  SteppedClock(const SteppedClock&) = delete;
  SteppedClock& operator=(const SteppedClock&) = delete;
};

}  // namespace seisaku
