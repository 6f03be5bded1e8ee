// When a call is made again.
#pragma once

#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace seisaku::policyctl {

// Time and waiting, so that tests own them.
struct Waiting {
  std::function<absl::Time()> now = [] { return absl::Now(); };
  std::function<void(absl::Duration)> sleep = [](absl::Duration duration) { absl::SleepFor(duration); };
};

// How often and after how long. A delay that the server asks for (RetryInfo) is taken where it is longer.
struct RetryPolicy {
  int max_attempts = 5;
  absl::Duration first_delay = absl::Milliseconds(200);
  absl::Duration max_delay = absl::Seconds(2);
};

// How long to wait before attempt number `failed_attempts` + 1; nullopt when the error is final: neither
// UNAVAILABLE nor with RetryInfo, or the attempts are used up, or the wait would end after `time_left`.
std::optional<absl::Duration> DelayBeforeRetry(const RetryPolicy& policy, const absl::Status& error,
                                               int failed_attempts, absl::Duration time_left);

}  // namespace seisaku::policyctl
