// Visits a state's records in the order of their resources' names, for its digest.
#pragma once

#include "services/base/state_machine.h"
#include "services/domain/revision_walk.h"
#include "services/progress/domain/state.h"

namespace seisaku::progress {

// The records of each aggregate.
bool VisitCatalogCopy(const State& state, Position size, StateMachine::Visit visit,
                      StateMachine::Pause pause);
void VisitActuals(const KpiSlot& kpi, Position size, StateMachine::Visit visit);
void VisitAssessments(const KpiSlot& kpi, Position size, StateMachine::Visit visit);
void VisitNarratives(const KpiSlot& kpi, Position size, StateMachine::Visit visit);

}  // namespace seisaku::progress
