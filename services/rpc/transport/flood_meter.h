// Tells a flood from ordinary use of a connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "services/rpc/transport/limits.h"

namespace seisaku::rpc {

// What came over a connection so far, as gRPC counts it.
struct StreamCounts {
  uint64_t started = 0;   // calls that the peer began
  uint64_t ended = 0;     // of these, those that have ended
  uint64_t failed = 0;    // of these, those that the peer cancelled before they were answered
  uint64_t messages = 0;  // whole requests
  uint64_t sent = 0;      // responses
};

enum class Flood { kNone, kResets, kCalls, kBytes };
// "resets", …: for logs and metrics.
std::string_view FloodName(Flood flood);

// One for each connection. Used by one thread.
class FloodMeter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // The limit of open calls. gRPC enforces its own limit only once the peer has acknowledged it, and a cancelled call
  // stays open until its handler has noticed.
  static constexpr uint64_t kMaxCalls = 1024;
  // The limit of bytes that belong to no call: SETTINGS, PING, empty frames, a handshake.
  static constexpr uint64_t kMaxBytesForNothing = 256 << 10;
  // The kernel counts bytes before gRPC has parsed them. gRPC reads at most 4 MiB at a time; this allows twice that.
  static constexpr uint64_t kMaxUnparsedBytes = 8 << 20;
  // Incomplete requests may be slow: as many of the largest as this at a time. That is more than a caller may have in
  // memory, because many smaller ones may arrive together.
  static constexpr uint64_t kMaxRequestsOnTheWay = 6;

  // Fewer bytes are no flood, and not worth asking gRPC about.
  static constexpr uint64_t kBusyBytes = 2 << 10;

  explicit FloodMeter(Time now, const ConnectionLimits& limits = {})
      : resets_at_once_(limits.resets_at_once),
        resets_per_second_(limits.resets_per_second),
        measured_(now) {}

  // Whether it is to be measured, where `read` bytes were read of it so far. What was not is part of the next
  // measure: so that is never about more calls than a few bytes have room for, however long ago the last was.
  bool IsDue(uint64_t read) const { return read >= read_ + kBusyBytes; }
  // `counts` is what gRPC has made of them, as far as it is.
  Flood Measure(uint64_t read, const StreamCounts& counts, Time now);

 private:
  double resets_at_once_;
  double resets_per_second_;
  Time measured_;
  uint64_t read_ = 0;
  StreamCounts last_;
  double resets_ = 0;
  uint64_t judged_ = 0;      // of read_
  uint64_t given_up_ = 0;    // bytes that requests may have brought which were given up
  int64_t for_nothing_ = 0;  // below 0: earned for what is to be judged
};

}  // namespace seisaku::rpc
