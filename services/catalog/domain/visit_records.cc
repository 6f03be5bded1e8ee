// The records of a state, for its digest.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fmt/format.h"
#include "services/catalog/domain/machine.h"
#include "services/catalog/domain/names.h"
#include "services/catalog/domain/records.h"

namespace seisaku::catalog {
namespace {

// Walks a state in the order of its resources' names. Every function returns false where no more is wanted.
// What has no revision below the size may be gone after a pause.
class Walk {
 public:
  Walk(Position size, StateMachine::Visit visit, StateMachine::Pause pause)
      : size_(size), visit_(visit), pause_(pause) {}

  bool Departments(const State::Departments& departments) {
    return InOrder(
        departments,
        [this](const DepartmentSlot& department) {
          return Resource(DepartmentName(department.id), department.record,
                          [&](const DepartmentRecord& record) { return ToProto(department.id, record); });
        },
        [](const DepartmentSlot&) { return true; });
  }

  bool Plans(const State::Plans& plans) {
    return InOrder(
        plans,
        [this](const PlanSlot& plan) {
          return Resource(PlanName(plan.id), plan.record,
                          [&](const PlanRecord& record) { return ToProto(plan.id, record); });
        },
        [this](const PlanSlot& plan) { return Kpis(plan) && Nodes(plan) && Rule(plan); });
  }

 private:
  bool Kpis(const PlanSlot& plan) {
    return InOrder(
        plan.kpis,
        [&](const KpiSlot& kpi) {
          return Resource(KpiName(plan.id, kpi.id), kpi.record,
                          [&](const KpiRecord& record) { return ToProto(plan.id, kpi.id, record); });
        },
        [&](const KpiSlot& kpi) { return Targets(KpiName(plan.id, kpi.id), kpi.targets); });
  }

  bool Targets(const std::string& kpi, const std::map<int, Revisions<TargetRecord>>& targets) {
    int year = 0;
    for (auto next = targets.begin(); next != targets.end(); next = targets.upper_bound(year)) {
      year = next->first;
      if (!Resource(fmt::format("{}/targets/{}", kpi, year), next->second,
                    [&](const TargetRecord& record) { return ToProto(year, record); })) {
        return false;
      }
    }
    return true;
  }

  bool Nodes(const PlanSlot& plan) {
    return InOrder(
        plan.nodes,
        [&](const NodeSlot& node) {
          return Resource(NodeName(plan.id, node.id), node.record,
                          [&](const NodeRecord& record) { return ToProto(plan.id, node.id, record); });
        },
        [](const NodeSlot&) { return true; });
  }

  bool Rule(const PlanSlot& plan) {
    return Resource(PlanName(plan.id) + "/rule", plan.rules,
                    [](const RuleRecord& rule) { return ToProto(rule); });
  }

  // `own` visits a slot's own record, `below` the names that begin with it and a "/". Those come after the
  // slots whose ids go on with a "-", and all that is below these: k, k-2, k-2/targets/…, k/targets/….
  template <typename Slots, typename Own, typename Below>
  bool InOrder(const Slots& slots, Own own, Below below) {
    using Slot = typename Slots::mapped_type;
    std::vector<const Slot*> ordered;  // which stay where they are, over every pause
    for (const auto& [id, slot] : slots) {
      if (slot.record.RevisionAt(size_) != nullptr) ordered.push_back(&slot);
    }
    std::sort(ordered.begin(), ordered.end(), [](const Slot* a, const Slot* b) { return a->id < b->id; });
    std::vector<const Slot*> open;  // their own record was visited, what is below it not yet
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

  // `to_proto` makes the message of a revision's value.
  template <typename T, typename ToProto>
  bool Resource(const std::string& name, const Revisions<T>& revisions, ToProto to_proto) {
    uint32_t number = 0;
    for (const auto& revision : revisions.all()) {
      if (revision.position >= size_) break;
      // Fields are written in the order of their numbers, defaults are not: that is what Debian's protobuf
      // and every other implementation without map fields and unknown fields does.
      const std::string content = to_proto(revision.value).SerializeAsString();
      visit_({name, ++number, revision.position, content});
    }
    return pause_();
  }

  const Position size_;
  const StateMachine::Visit visit_;
  const StateMachine::Pause pause_;
};

}  // namespace

void VisitRecords(const State& state, Position size, StateMachine::Visit visit, StateMachine::Pause pause) {
  Walk walk(size, visit, pause);
  if (walk.Departments(state.departments())) walk.Plans(state.plans());
}

}  // namespace seisaku::catalog
