#include "services/rpc/flood_meter.h"

#include <algorithm>

#include "services/rpc/limits.h"

namespace seisaku::rpc {
namespace {

// What a whole request may have brought, and what the headers of a call, or the windows for a response, may.
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

Flood FloodMeter::Measure(uint64_t bytes, const StreamCounts& counts, Time now) {
  const double seconds = std::chrono::duration<double>(now - measured_).count();
  measured_ = now;
  resets_ =
      std::max(0.0, resets_ - seconds * kResetsPerSecond) + static_cast<double>(counts.failed - last_.failed);
  const uint64_t earned = (counts.messages - last_.messages) * kBytesOfARequest +
                          (counts.started - last_.started + counts.sent - last_.sent) * kBytesOfACall;
  last_ = counts;
  for_nothing_ += bytes;
  for_nothing_ -= std::min(for_nothing_, earned);

  const uint64_t open = counts.started - std::min(counts.ended, counts.started);
  const uint64_t incomplete = std::min(open, counts.started - std::min(counts.messages, counts.started));
  const uint64_t on_the_way = std::min(incomplete, kMaxRequestsOnTheWay) * kBytesOfARequest;
  if (resets_ > kResetsAtOnce) return Flood::kResets;
  if (open > kMaxCalls) return Flood::kCalls;
  if (for_nothing_ > kMaxBytesForNothing + on_the_way) return Flood::kBytes;
  return Flood::kNone;
}

}  // namespace seisaku::rpc
