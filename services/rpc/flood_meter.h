// Tells a connection that floods from one that is used.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace seisaku::rpc {

// What came over a connection so far, as gRPC counts it.
struct StreamCounts {
  uint64_t started = 0;   // calls that the peer began
  uint64_t ended = 0;     // and that are gone; of these
  uint64_t failed = 0;    // those that were given up before they were answered
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

  // Calls that are given up: so many at once, and then so many a second. A caller with as many calls as a
  // connection may have, who gives each up after two thirds of a second, is below it.
  static constexpr double kResetsAtOnce = 2000;
  static constexpr double kResetsPerSecond = 200;
  // Calls that have begun and are not gone. gRPC holds a peer to its number of calls only once the peer has
  // acknowledged it, and a call that was given up stays until its handler has seen that.
  static constexpr uint64_t kMaxCalls = 1024;
  // What arrives and belongs to no call: SETTINGS, PING, empty frames, a handshake.
  static constexpr uint64_t kMaxBytesForNothing = 256 << 10;
  // Of requests that are not complete, so many at a time may take their time.
  static constexpr uint64_t kMaxRequestsOnTheWay = 4;

  explicit FloodMeter(Time now) : measured_(now) {}

  // `bytes` were read of it since the last time, and `counts` is what all that came before adds up to.
  Flood Measure(uint64_t bytes, const StreamCounts& counts, Time now);

 private:
  Time measured_;
  StreamCounts last_;
  double resets_ = 0;
  uint64_t for_nothing_ = 0;
};

}  // namespace seisaku::rpc
