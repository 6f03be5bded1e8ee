// What a run of load came to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace seisaku::loadgen {

struct Measured {
  double seconds = 0;
  int64_t begun = 0;  // calls, those before and after that time too
  int64_t calls = 0;  // answered in that time
  int64_t failed = 0;
  int64_t items = 0;                   // actuals recorded, entries read: what a call carries
  std::vector<uint32_t> latencies_us;  // of each call
  std::string first_error;
};

// One line of JSON: rates, and latencies in milliseconds (p50, p99, max).
std::string ToJson(Measured measured);

}  // namespace seisaku::loadgen
