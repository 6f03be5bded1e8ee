// What both ends of a connection agree on.
#pragma once

namespace seisaku::rpc {

// Above the largest command (16 MiB) with all that is around it.
inline constexpr int kMaxMessageBytes = 20 << 20;
// Of all headers, or all trailers, of one call.
inline constexpr int kMaxHeaderBytes = 16 << 10;
// How soon a connection that went dead without a word is noticed, so that streams over it end.
inline constexpr int kKeepaliveMillis = 60'000;
inline constexpr int kKeepaliveTimeoutMillis = 20'000;
// gRPC itself refuses what is so large, in words of its own. What is larger than the limits above and smaller
// than these is refused by us, as other errors are.
inline constexpr int kGrpcMessageBytes = 24 << 20;
inline constexpr int kGrpcHeaderBytes = 24 << 10;

// Of connections that are open at a time.
struct ConnectionLimits {
  int all = 1024;  // fewer where the descriptors are not enough for so many
  int of_an_address = 256;
  // Of one: calls that are given up, so many at once, and then so many a second. A caller with as many calls
  // as a connection may have, who gives each up after two thirds of a second, is below it.
  double resets_at_once = 2000;
  double resets_per_second = 200;
};
// A connection that has not shown a certificate, and greeted, by then is closed.
inline constexpr int kHandshakeMillis = 5'000;

}  // namespace seisaku::rpc
