// Catalog's domain as the ledger drives it.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "seisaku/catalog/v1/changes.pb.h"
#include "services/base/caller.h"
#include "services/base/state_machine.h"
#include "services/catalog/domain/state.h"

namespace seisaku::catalog {

// Decides `change` against all that `state` has folded: one event, or none where everything would stay as it
// is (a resource created again with the same content, the same target again). `recorded_at` says which year
// it is: a department's title may be another's that has ended by then. Pure.
//
// Every error names the field, the resource's or the change's own ("node.title", "target.values[0].value",
// "update_mask", "from_year", "reason"):
// INVALID_ARGUMENT INVALID_FIELD, REQUIRED_FIELD, INVALID_DECIMAL; NOT_FOUND RESOURCE_NOT_FOUND;
// ALREADY_EXISTS RESOURCE_EXISTS (with other content), TITLE_TAKEN (departments);
// ABORTED ETAG_MISMATCH; FAILED_PRECONDITION RETIRED (retired before, from another year; or a target for a
// year in which its KPI has ended).
absl::StatusOr<std::vector<NewEvent>> Decide(const State& state, const v1::Change& change,
                                             const Caller& caller, absl::Time recorded_at);

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
