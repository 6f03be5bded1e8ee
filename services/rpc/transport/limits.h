// What both ends of a connection agree on.
#pragma once

namespace seisaku::rpc {

// Larger than the largest command (16 MiB) with everything around it.
inline constexpr int kMaxMessageBytes = 20 << 20;
// Of all headers, or all trailers, of one call.
inline constexpr int kMaxHeaderBytes = 16 << 10;
// How soon a dead connection is noticed, so that its streams end.
inline constexpr int kKeepaliveMillis = 60'000;
inline constexpr int kKeepaliveTimeoutMillis = 20'000;
// gRPC itself refuses anything larger, with its own message. What lies between the limits above and these is refused
// by this project, with its usual errors.
inline constexpr int kGrpcMessageBytes = 24 << 20;
inline constexpr int kGrpcHeaderBytes = 24 << 10;

// Of connections that are open at a time.
struct ConnectionLimits {
  int all = 1024;  // fewer where the descriptors are not enough for so many
  int of_an_address = 256;
  // Cancelled calls of one connection: a burst, and then a rate per second. A caller that has as many calls open as a
  // connection may have, and cancels each after two thirds of a second, stays below it.
  double resets_at_once = 2000;
  double resets_per_second = 200;
};
// A connection that has not shown a certificate, and greeted, by then is closed.
inline constexpr int kHandshakeMillis = 5'000;

}  // namespace seisaku::rpc
