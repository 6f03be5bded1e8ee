#include "services/progress/domain/machine.h"

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/domain/words.h"
#include "services/progress/domain/decision.h"
#include "services/progress/domain/errors.h"
#include "services/progress/domain/record_walk.h"
#include "services/progress/domain/verb.h"
#include "services/progress/domain/view.h"

namespace seisaku::progress {
namespace {

// `step` is a Change, or the message that the verb is decided from. `source` may be nullptr.
absl::StatusOr<std::vector<NewEvent>> DecideStep(const Verb& verb, const State& state,
                                                 const google::protobuf::Message& step, const Caller& caller,
                                                 const std::string& reason,
                                                 const type::v1::SourceCell* source) {
  const View view(state, state.size());
  const Deciding in{state, view, caller, /*has_reason=*/!reason.empty(), verb.row().subject};
  return DecideBy<v1::Event>(verb, in, step, reason, source, EventResource);
}

}  // namespace

absl::StatusOr<std::vector<NewEvent>> Decide(const State& state, const v1::Change& change,
                                             const Caller& caller) {
  const Verb* verb = FindVerb(change.change_case());
  const Makers makers = verb == nullptr ? Makers::kPlannersAndReporters : verb->row().makers;
  RETURN_IF_ERROR(WithField(CheckRole(caller, makers), "change"));
  RETURN_IF_ERROR(CheckText("reason", change.reason(), kMaxReasonBytes));
  if (change.has_source()) RETURN_IF_ERROR(CheckSource("source", change.source()));
  if (verb == nullptr) return errors::RequiredField("change");
  return DecideStep(*verb, state, change, caller, change.reason(),
                    change.has_source() ? &change.source() : nullptr);
}

absl::StatusOr<std::vector<NewEvent>> Decide(const State& state, const v1::CatalogAdvanced& advance,
                                             const Caller& caller) {
  const Verb& verb = *FindVerb(advance.GetDescriptor());
  RETURN_IF_ERROR(CheckRole(caller, verb.row().makers));
  return DecideStep(verb, state, advance, caller, /*reason=*/"", /*source=*/nullptr);
}

void VisitRecords(const State& state, Position size, StateMachine::Visit visit, StateMachine::Pause pause) {
  if (!VisitCatalogCopy(state, size, visit, pause)) return;
  for (auto next = state.kpis().begin(); next != state.kpis().end();) {
    const std::string key = next->first;
    const KpiSlot& kpi = next->second;
    // In the order of their names below the KPI's.
    VisitActuals(kpi, size, visit);
    VisitAssessments(kpi, size, visit);
    VisitNarratives(kpi, size, visit);
    if (!pause()) return;
    next = state.kpis().upper_bound(key);  // an iterator to a tentative KPI does not outlive a pause
  }
}

absl::StatusOr<std::vector<NewEvent>> Machine::Decide(const google::protobuf::Message& step,
                                                      const Caller& caller, absl::Time) const {
  if (const auto* change = dynamic_cast<const v1::Change*>(&step)) {
    return progress::Decide(state_, *change, caller);
  }
  if (const auto* advance = dynamic_cast<const v1::CatalogAdvanced*>(&step)) {
    return progress::Decide(state_, *advance, caller);
  }
  return absl::InternalError(fmt::format("progress decides no {}", step.GetTypeName()));
}

}  // namespace seisaku::progress
