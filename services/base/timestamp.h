// The times of a log: microseconds since 1970, which is what PostgreSQL's clock has, as messages have them.
#pragma once

#include <cstdint>

#include "google/protobuf/timestamp.pb.h"

namespace seisaku {

// Rounded down.
inline int64_t ToMicros(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1000;
}

inline void SetMicros(int64_t micros, google::protobuf::Timestamp& time) {
  const int64_t seconds = micros / 1'000'000 - (micros % 1'000'000 < 0 ? 1 : 0);
  time.set_seconds(seconds);
  time.set_nanos(static_cast<int32_t>((micros - seconds * 1'000'000) * 1000));
}

}  // namespace seisaku
