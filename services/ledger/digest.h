// One hash of a whole state, by which two replicas, or a replica and an auditor, see that they agree. Pure.
#pragma once

#include <optional>

#include "services/base/state_machine.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::ledger {

struct Digests {
  // SHA-256 over the state's records, in the order of StateMachine::VisitRecords. Equal logs give equal digests. Each
  // record is, with big-endian integers:
  //   u32 length, resource name | u32 revision | u64 position | u32 length, content
  Hash state{};
  // The same without positions and without records about another log: equal for logs with the same content, such as
  // an export and its import. Free texts are not part of it: they can be withdrawn.
  Hash content{};
};

// The digests of the state as of `size`. nullopt: `pause`, which VisitRecords calls, returned false.
std::optional<Digests> DigestRecords(const StateMachine& state, Position size, StateMachine::Pause pause);
// The same without pauses.
Digests DigestRecords(const StateMachine& state, Position size);

}  // namespace seisaku::ledger
