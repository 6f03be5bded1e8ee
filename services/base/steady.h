// Time for waiting. It goes on evenly whatever is done to the host's clock, which may be stepped back by
// minutes.
#pragma once

#include <algorithm>
#include <chrono>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace seisaku {

using SteadyTime = std::chrono::steady_clock::time_point;

inline SteadyTime SteadyNow() { return std::chrono::steady_clock::now(); }

// So long from now; what is longer than a century is one.
inline SteadyTime SteadyAfter(absl::Duration duration) {
  const absl::Duration longest = absl::Hours(24 * 365 * 100);
  return SteadyNow() + absl::ToChronoNanoseconds(std::clamp(duration, -longest, longest));
}

// When `deadline`, of the host's clock, comes if nobody changes that clock meanwhile.
inline SteadyTime ToSteady(absl::Time deadline) { return SteadyAfter(deadline - absl::Now()); }

// How long it is until `deadline`; negative where it has passed.
inline absl::Duration UntilSteady(SteadyTime deadline) { return absl::FromChrono(deadline - SteadyNow()); }

}  // namespace seisaku
