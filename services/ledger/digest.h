// One hash for a whole state: how two replicas, or a replica and an auditor, see at a glance that they agree.
#pragma once

#include <optional>

#include "services/base/state_machine.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::ledger {

struct Digests {
  // SHA-256 over the state's records, in the order of StateMachine::VisitRecords. Each record is
  //   u32 length, resource name | u32 revision | u64 position | u32 length, content
  // with integers big-endian. Equal logs give equal digests.
  Hash state{};
  // The same without positions and without records about another log: equal for logs that came to the same
  // content by other ways, such as an export and its import. Free texts are not part of it: they can be
  // withdrawn.
  Hash content{};
};

// Of the state as of `size`. nullopt: `pause`, which is VisitRecords's, wanted no more.
std::optional<Digests> DigestRecords(const StateMachine& state, Position size, StateMachine::Pause pause);
// The same at one go.
Digests DigestRecords(const StateMachine& state, Position size);

}  // namespace seisaku::ledger
