// The records of a state, for its digest.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fmt/format.h"
#include "services/catalog/domain/machine.h"
#include "services/catalog/domain/names.h"
#include "services/catalog/domain/record_walk.h"
#include "services/catalog/domain/records.h"

namespace seisaku::catalog {
namespace {

class Walk {
 public:
  explicit Walk(RecordWalk& walk) : walk_(walk) {}

  bool Kpis(const PlanSlot& plan) {
    return walk_.InOrder(
        plan.kpis,
        [&](const KpiSlot& kpi) {
          return walk_.Resource(KpiName(plan.id, kpi.id), kpi.record,
                                [&](const KpiRecord& record) { return ToProto(plan.id, kpi.id, record); });
        },
        [&](const KpiSlot& kpi) { return Targets(KpiName(plan.id, kpi.id), kpi.targets); });
  }

  bool Targets(const std::string& kpi, const std::map<int, Revisions<TargetRecord>>& targets) {
    int year = 0;
    for (auto next = targets.begin(); next != targets.end(); next = targets.upper_bound(year)) {
      year = next->first;
      if (!walk_.Resource(fmt::format("{}/targets/{}", kpi, year), next->second,
                          [&](const TargetRecord& record) { return ToProto(year, record); })) {
        return false;
      }
    }
    return true;
  }

 private:
  RecordWalk& walk_;
};

}  // namespace

bool VisitKpis(RecordWalk& walk, const PlanSlot& plan) { return Walk(walk).Kpis(plan); }

void VisitRecords(const State& state, Position size, StateMachine::Visit visit, StateMachine::Pause pause) {
  RecordWalk walk(size, visit, pause);
  if (VisitDepartments(walk, state.departments())) VisitPlans(walk, state.plans());
}

}  // namespace seisaku::catalog
