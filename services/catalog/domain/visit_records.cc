// The records of a state, for its digest.
#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "services/catalog/domain/machine.h"
#include "services/catalog/domain/names.h"
#include "services/catalog/domain/records.h"

namespace seisaku::catalog {
namespace {

// Walks a state and remembers, for each resource, how to visit its revisions; then visits them by name.
class Walk {
 public:
  Walk(Position size, StateMachine::Visit visit) : size_(size), visit_(visit) {}

  // `to_proto` makes the message of a revision's value. What has no revision below the size may be gone after
  // a pause, and is not remembered.
  template <typename T, typename ToProto>
  void Add(std::string resource, const Revisions<T>& revisions, ToProto to_proto) {
    if (revisions.RevisionAt(size_) == nullptr) return;
    resources_.emplace_back(std::move(resource), [this, &revisions, to_proto](const std::string& name) {
      uint32_t number = 0;
      for (const auto& revision : revisions.all()) {
        if (revision.position >= size_) break;
        // Fields are written in the order of their numbers, defaults are not: that is what Debian's
        // protobuf and every other implementation without map fields and unknown fields does.
        std::string content = to_proto(revision.value).SerializeAsString();
        visit_({name, ++number, revision.position, content});
      }
    });
  }

  void Visit(StateMachine::Pause pause) {
    std::sort(resources_.begin(), resources_.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [name, visit_revisions] : resources_) {
      visit_revisions(name);
      if (!pause()) return;
    }
  }

 private:
  Position size_;
  StateMachine::Visit visit_;
  std::vector<std::pair<std::string, std::function<void(const std::string&)>>> resources_;
};

void AddPlan(const PlanSlot& plan, Walk& walk) {
  walk.Add(PlanName(plan.id), plan.record,
           [&plan](const PlanRecord& record) { return ToProto(plan.id, record); });
  walk.Add(PlanName(plan.id) + "/rule", plan.rules, [](const RuleRecord& rule) { return ToProto(rule); });
  for (const auto& [id, node] : plan.nodes) {
    walk.Add(NodeName(plan.id, id), node.record,
             [&plan, &node = node](const NodeRecord& record) { return ToProto(plan.id, node.id, record); });
  }
  for (const auto& [id, kpi] : plan.kpis) {
    walk.Add(KpiName(plan.id, id), kpi.record,
             [&plan, &kpi = kpi](const KpiRecord& record) { return ToProto(plan.id, kpi.id, record); });
    for (const auto& [year, target] : kpi.targets) {
      walk.Add(fmt::format("{}/targets/{}", KpiName(plan.id, id), year), target,
               [year = year](const TargetRecord& record) { return ToProto(year, record); });
    }
  }
}

}  // namespace

void VisitRecords(const State& state, Position size, StateMachine::Visit visit, StateMachine::Pause pause) {
  Walk walk(size, visit);
  for (const auto& [id, department] : state.departments()) {
    walk.Add(DepartmentName(id), department.record,
             [&department = department](const DepartmentRecord& record) {
               return ToProto(department.id, record);
             });
  }
  for (const auto& [id, plan] : state.plans()) AddPlan(plan, walk);
  walk.Visit(pause);
}

}  // namespace seisaku::catalog
