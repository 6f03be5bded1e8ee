// Visits the revisions of a resource, for a state's digest.
#pragma once

#include <string>

#include "services/base/revisions.h"
#include "services/base/state_machine.h"

namespace seisaku {

// Visits every revision below `size`. `to_proto` makes the message of a revision's value. False: `pause`,
// which is asked after each, wants no more. After a pause the revisions may lie elsewhere in memory.
template <typename T, typename ToProto>
bool VisitRevisions(
    const std::string& resource, const Revisions<T>& revisions, Position size, StateMachine::Visit visit,
    ToProto to_proto, StateMachine::Pause pause = [] { return true; }) {
  for (size_t i = 0; i < revisions.all().size() && revisions.all()[i].position < size; ++i) {
    const auto& revision = revisions.all()[i];
    // Fields are written in the order of their numbers, defaults are not: that is what Debian's protobuf and
    // every other implementation without map fields and unknown fields does.
    const std::string content = to_proto(revision.value).SerializeAsString();
    visit({resource, static_cast<uint32_t>(i + 1), revision.position, content});
    if (!pause()) return false;
  }
  return true;
}

}  // namespace seisaku
