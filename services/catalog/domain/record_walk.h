// Visits a state's records in the order of their resources' names, for its digest.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/state_machine.h"
#include "services/catalog/domain/state.h"
#include "services/domain/revision_walk.h"

namespace seisaku::catalog {

// Every function returns false where no more is wanted. After a pause, slots without a revision below the
// size may be gone.
class RecordWalk {
 public:
  RecordWalk(Position size, StateMachine::Visit visit, StateMachine::Pause pause)
      : size_(size), visit_(visit), pause_(pause) {}

  // Visits all slots: `own` a slot's own record, `below` the resources whose names begin with its name and
  // "/". A "-" is before a "/", so the order is k, k-2, k-2/targets/…, k/targets/….
  template <typename Slots, typename Own, typename Below>
  bool InOrder(const Slots& slots, Own own, Below below) {
    using Slot = typename Slots::mapped_type;
    std::vector<const Slot*> ordered;  // their addresses are stable over every pause
    for (const auto& [id, slot] : slots) {
      if (slot.record.RevisionAt(size_) != nullptr) ordered.push_back(&slot);
    }
    std::sort(ordered.begin(), ordered.end(), [](const Slot* a, const Slot* b) { return a->id < b->id; });
    std::vector<const Slot*> open;  // visited, but not yet what is below
    const auto close_before = [&](std::string_view id) {
      while (!open.empty() && (id.empty() || (std::string(open.back()->id) + "/").compare(id) < 0)) {
        const Slot& slot = *open.back();
        open.pop_back();
        if (!below(slot)) return false;
      }
      return true;
    };
    for (const Slot* slot : ordered) {
      if (!close_before(slot->id) || !own(*slot)) return false;
      open.push_back(slot);
    }
    return close_before("");
  }

  // Visits the revisions of one resource. `to_proto` makes the message of a revision's value.
  template <typename T, typename ToProto>
  bool Resource(const std::string& name, const Revisions<T>& revisions, ToProto to_proto) {
    VisitRevisions(name, revisions, size_, visit_, to_proto);
    return pause_();
  }

 private:
  const Position size_;
  const StateMachine::Visit visit_;
  const StateMachine::Pause pause_;
};

// The records of each aggregate.
bool VisitPlans(RecordWalk& walk, const State::Plans& plans);
bool VisitNodes(RecordWalk& walk, const PlanSlot& plan);
bool VisitKpis(RecordWalk& walk, const PlanSlot& plan);
bool VisitTargets(RecordWalk& walk, const KpiSlot& kpi);
bool VisitDepartments(RecordWalk& walk, const State::Departments& departments);

}  // namespace seisaku::catalog
