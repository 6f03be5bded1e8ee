// Whether replicas hold the state that their log adds up to.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "services/base/state_machine.h"
#include "services/ledger/digest.h"
#include "tools/auditor/log_client.h"

namespace seisaku::auditor {

// A replica and what it says of its state.
struct Compared {
  std::string address;
  Position size = 0;
  ledger::Digests reported;
  ledger::Digests replayed;  // here, of the same size

  bool agrees() const { return reported.state == replayed.state && reported.content == replayed.content; }
};

// Asks each replica for its digests, reads the log from the one that has most, and folds it into `state`,
// which is empty. Holds the state and one page of entries. Errors: the services'; LOG_CORRUPT,
// BUNDLE_INVALID: what it read is no log.
absl::StatusOr<std::vector<Compared>> CompareReplicas(
    const std::vector<std::pair<std::string, LogClient*>>& replicas, StateMachine& state,
    absl::FunctionRef<void(uint64_t done, uint64_t all)> progress);

}  // namespace seisaku::auditor
