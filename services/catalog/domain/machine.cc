#include "services/catalog/domain/machine.h"

#include "services/base/errors.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "services/catalog/domain/event.h"
#include "services/catalog/domain/record_walk.h"
#include "services/catalog/domain/verb.h"
#include "services/catalog/domain/view.h"
#include "services/domain/words.h"

namespace seisaku::catalog {

absl::StatusOr<std::vector<NewEvent>> Decide(const State& state, const v1::Change& change, const Caller&,
                                             absl::Time recorded_at) {
  RETURN_IF_ERROR(CheckText("reason", change.reason(), kMaxReasonBytes));
  if (change.has_source()) RETURN_IF_ERROR(CheckSource("source", change.source()));
  const Verb* verb = FindVerb(change.change_case());
  if (verb == nullptr) return seisaku::errors::RequiredField("change");

  const View view(state, state.size());
  const Deciding in{view, /*has_reason=*/!change.reason().empty(), FiscalYearOf(recorded_at)};
  return DecideBy<v1::Event>(*verb, in, change, change.reason(),
                             change.has_source() ? &change.source() : nullptr, EventResource);
}

void VisitRecords(const State& state, Position size, StateMachine::Visit visit, StateMachine::Pause pause) {
  RecordWalk walk(size, visit, pause);
  if (VisitDepartments(walk, state.departments())) VisitPlans(walk, state.plans());
}

absl::StatusOr<std::vector<NewEvent>> Machine::Decide(const google::protobuf::Message& step,
                                                      const Caller& caller, absl::Time recorded_at) const {
  const auto* change = google::protobuf::DynamicCastToGenerated<v1::Change>(&step);
  if (change == nullptr)
    return errors::InvalidField("change", expected::MESSAGE,
                                {{"type", v1::Change::descriptor()->full_name()}});
  return catalog::Decide(state_, *change, caller, recorded_at);
}

absl::StatusOr<const google::protobuf::Message*> Machine::Parse(Position position,
                                                                const log::v1::Entry& entry,
                                                                google::protobuf::Arena& arena) const {
  return ParseEvent(position, entry, arena);
}

absl::Status Machine::Fold(Position position, const google::protobuf::Message& event) {
  return state_.Fold(position, event);
}

void Machine::Truncate(Position size) { state_.Truncate(size); }

void Machine::Publish(Position size) { state_.Publish(size); }

void Machine::VisitRecords(Position size, Visit visit, Pause pause) const {
  catalog::VisitRecords(state_, size, visit, pause);
}

}  // namespace seisaku::catalog
