#include "services/rpc/transport/flood_meter.h"

#include <algorithm>

#include "services/rpc/transport/limits.h"

namespace seisaku::rpc {
namespace {

// The most bytes of a complete request, and of the headers of a call or the window updates for a response.
constexpr uint64_t kBytesOfARequest = kGrpcMessageBytes + (1 << 20);
constexpr uint64_t kBytesOfACall = 64 << 10;

}  // namespace

std::string_view FloodName(Flood flood) {
  switch (flood) {
    case Flood::kNone:
      return "none";
    case Flood::kResets:
      return "resets";
    case Flood::kCalls:
      return "calls";
    case Flood::kBytes:
      return "bytes";
  }
  return "none";
}

Flood FloodMeter::Measure(uint64_t read, const StreamCounts& counts, Time now) {
  const double seconds = std::chrono::duration<double>(now - measured_).count();
  measured_ = now;
  resets_ = std::max(0.0, resets_ - seconds * resets_per_second_) +
            static_cast<double>(counts.failed - last_.failed);
  // The rest of a cancelled or refused request may arrive later.
  given_up_ = std::min(given_up_ + (counts.failed - last_.failed) * kBytesOfARequest,
                       kMaxRequestsOnTheWay * kBytesOfARequest);
  const uint64_t earned = (counts.messages - last_.messages) * kBytesOfARequest +
                          (counts.started - last_.started + counts.sent - last_.sent) * kBytesOfACall;
  last_ = counts;
  // gRPC may not have parsed the newest bytes yet: they are judged the next time, except where they are more than gRPC
  // reads at a time. The credit for them is kept.
  for_nothing_ += static_cast<int64_t>(read_ - judged_) - static_cast<int64_t>(earned);
  judged_ = read_;
  read_ = std::max(read, read_);
  for_nothing_ = std::max(for_nothing_, -static_cast<int64_t>(read_ - judged_));
  const uint64_t of_given_up = std::min(given_up_, static_cast<uint64_t>(std::max<int64_t>(for_nothing_, 0)));
  for_nothing_ -= static_cast<int64_t>(of_given_up);
  given_up_ -= of_given_up;

  const uint64_t open = counts.started - std::min(counts.ended, counts.started);
  const uint64_t incomplete = std::min(open, counts.started - std::min(counts.messages, counts.started));
  const auto on_the_way = static_cast<int64_t>(std::min(incomplete, kMaxRequestsOnTheWay) * kBytesOfARequest);
  if (resets_ > resets_at_once_) return Flood::kResets;
  if (open > kMaxCalls) return Flood::kCalls;
  const int64_t just_now =
      std::max<int64_t>(0, static_cast<int64_t>(read_ - judged_) - int64_t{kMaxUnparsedBytes});
  if (for_nothing_ + just_now > int64_t{kMaxBytesForNothing} + on_the_way + static_cast<int64_t>(given_up_)) {
    return Flood::kBytes;
  }
  return Flood::kNone;
}

}  // namespace seisaku::rpc
