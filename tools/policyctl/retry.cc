#include "tools/policyctl/retry.h"

#include <algorithm>

#include "services/base/status.h"

namespace seisaku::policyctl {
namespace {

absl::Duration Backoff(const RetryPolicy& policy, int failed_attempts) {
  absl::Duration delay = policy.first_delay;
  for (int i = 1; i < failed_attempts && delay < policy.max_delay; ++i) delay *= 2;
  return std::min(delay, policy.max_delay);
}

}  // namespace

std::optional<absl::Duration> DelayBeforeRetry(const RetryPolicy& policy, const absl::Status& error,
                                               int failed_attempts, absl::Duration time_left) {
  const std::optional<google::rpc::RetryInfo> asked = GetRetryInfo(error);
  if (!absl::IsUnavailable(error) && !asked) return std::nullopt;
  if (failed_attempts >= policy.max_attempts) return std::nullopt;
  absl::Duration delay = Backoff(policy, failed_attempts);
  if (asked) {
    const absl::Duration wanted =
        absl::Seconds(asked->retry_delay().seconds()) + absl::Nanoseconds(asked->retry_delay().nanos());
    delay = std::max(delay, wanted);
  }
  if (delay >= time_left) return std::nullopt;
  return delay;
}

}  // namespace seisaku::policyctl
