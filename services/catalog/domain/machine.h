// Catalog's domain as the ledger drives it.
#pragma once

#include "services/base/state_machine.h"
#include "services/catalog/domain/state.h"

namespace seisaku::catalog {

// Visits the records of a state as StateMachine::VisitRecords says. Resources and contents:
// "departments/{d}": Department; "plans/{p}": Plan without its rule; "plans/{p}/rule": EvaluationRule, whose
// revision is the rule's version; "plans/{p}/nodes/{n}": Node; "plans/{p}/kpis/{k}": Kpi without its targets;
// "plans/{p}/kpis/{k}/targets/{reporting_year}": Target.
void VisitRecords(const State& state, Position size, StateMachine::Visit visit, StateMachine::Pause pause);

class Machine final : public StateMachine {
 public:
  // For View; under the ledger's locks.
  const State& state() const { return state_; }

  // `step` is a catalog.v1.Change; another message is INVALID_ARGUMENT INVALID_FIELD.
  absl::StatusOr<std::vector<NewEvent>> Decide(const google::protobuf::Message& step, const Caller& caller,
                                               absl::Time recorded_at) const override;
  absl::StatusOr<const google::protobuf::Message*> Parse(Position position, const log::v1::Entry& entry,
                                                         google::protobuf::Arena& arena) const override;
  absl::Status Fold(Position position, const google::protobuf::Message& event) override;
  void Truncate(Position size) override;
  void Publish(Position size) override;
  using StateMachine::VisitRecords;
  void VisitRecords(Position size, Visit visit, Pause pause) const override;

 private:
  State state_;
};

}  // namespace seisaku::catalog
