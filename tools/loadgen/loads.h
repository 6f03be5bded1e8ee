// The kinds of load.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "tools/loadgen/lanes.h"
#include "tools/loadgen/target.h"

namespace seisaku::loadgen {

struct Load {
  Target target;
  int connections = 4;
  Pace pace;
  int64_t kpis = 1000;      // of the city, see MakeCity
  int64_t first_slot = 0;   // figures are put into the slots from here on
  int batch = 1000;         // actuals of one BatchRecordActuals
  int payload_bytes = 400;  // of an echo
  uint64_t from = 0;        // where a replay begins
  double idle = 0;          // seconds between connecting and the first call
};

// RecordActual: one figure a call, each durable when it is answered.
absl::StatusOr<Measured> Record(const Load& load);
// BatchRecordActuals.
absl::StatusOr<Measured> RecordBatches(const Load& load);
// GetEvaluation of figures that Record made.
absl::StatusOr<Measured> Evaluate(const Load& load);
// The echo of ServeEcho.
absl::StatusOr<Measured> Echo(const Load& load);
// WatchEntries until it has caught up: one call, whose items are the entries.
absl::StatusOr<Measured> Replay(const Load& load);
// WatchEntries from the log's end on, for pace.seconds after pace.warm_up: how long after its recorded_at,
// which is the time before its commit, each entry arrives. On the database's machine, for it is one clock
// that tells.
absl::StatusOr<Measured> Follow(const Load& load);

// Serves EchoService with gRPC's callback API until SIGTERM, and prints its address.
int ServeEcho(const Target& target);

}  // namespace seisaku::loadgen
