// What became of connections so far; for metrics.
#pragma once

#include <cstdint>

namespace seisaku::rpc {

struct EdgeCounts {
  int64_t open = 0;  // now
  int64_t most = 0;  // that may be open
  uint64_t accepted = 0;
  uint64_t refused_full = 0;         // as many were open as may be
  uint64_t refused_address = 0;      // as many were open of their address as may be
  uint64_t refused_descriptors = 0;  // the process, or the machine, had no descriptor left
  uint64_t cut_handshakes = 0;       // gave way to newer ones before they had shown a certificate
  uint64_t cut_resets = 0;           // flooded: gave up calls,
  uint64_t cut_calls = 0;            // began more than may be open,
  uint64_t cut_bytes = 0;            // or sent what belongs to no call
  uint64_t cut_barred = 0;           // of a caller who had flooded shortly before
};

}  // namespace seisaku::rpc
