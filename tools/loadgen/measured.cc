#include "tools/loadgen/measured.h"

#include <algorithm>

#include "fmt/format.h"
#include "nlohmann/json.hpp"

namespace seisaku::loadgen {
namespace {

// Nearest rank of what is sorted already.
double Millis(const std::vector<uint32_t>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto rank = static_cast<size_t>(share * static_cast<double>(sorted.size() - 1));
  return sorted[rank] / 1000.0;
}

}  // namespace

std::string ToJson(Measured measured) {
  std::vector<uint32_t>& latencies = measured.latencies_us;
  std::sort(latencies.begin(), latencies.end());
  nlohmann::ordered_json json = {{"seconds", measured.seconds},
                                 {"begun", measured.begun},
                                 {"calls", measured.calls},
                                 {"failed", measured.failed},
                                 {"calls_per_second", static_cast<double>(measured.calls) / measured.seconds},
                                 {"items_per_second", static_cast<double>(measured.items) / measured.seconds},
                                 {"p50_ms", Millis(latencies, 0.5)},
                                 {"p99_ms", Millis(latencies, 0.99)},
                                 {"max_ms", Millis(latencies, 1)}};
  if (!measured.first_error.empty()) json["first_error"] = measured.first_error;
  return json.dump();
}

}  // namespace seisaku::loadgen
