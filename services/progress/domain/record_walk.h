// Visits a state's records in the order of their resources' names, for its digest.
#pragma once

#include <string>

#include "services/base/state_machine.h"
#include "services/progress/domain/state.h"

namespace seisaku::progress {

// Visits every revision below `size` of one resource. `to_proto` makes the message of a revision's value.
// False: `pause` wants no more. After a pause the revisions may lie elsewhere in memory.
template <typename T, typename ToProto>
bool VisitRevisions(
    const std::string& resource, const Revisions<T>& revisions, Position size, StateMachine::Visit visit,
    ToProto to_proto, StateMachine::Pause pause = [] { return true; }) {
  for (size_t i = 0; i < revisions.all().size() && revisions.all()[i].position < size; ++i) {
    const auto& revision = revisions.all()[i];
    const std::string content = to_proto(revision.value).SerializeAsString();
    visit({resource, static_cast<uint32_t>(i + 1), revision.position, content});
    if (!pause()) return false;
  }
  return true;
}

// The records of each aggregate.
bool VisitCatalogCopy(const State& state, Position size, StateMachine::Visit visit,
                      StateMachine::Pause pause);
void VisitActuals(const KpiSlot& kpi, Position size, StateMachine::Visit visit);
void VisitAssessments(const KpiSlot& kpi, Position size, StateMachine::Visit visit);
void VisitNarratives(const KpiSlot& kpi, Position size, StateMachine::Visit visit);

}  // namespace seisaku::progress
