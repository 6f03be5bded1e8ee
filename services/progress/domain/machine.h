// Progress's domain as the ledger drives it.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "seisaku/progress/v1/changes.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/caller.h"
#include "services/base/state_machine.h"
#include "services/progress/domain/event.h"
#include "services/progress/domain/state.h"

namespace seisaku::progress {

// The event that a change of figures, words or declarations calls for; none where nothing would change. Words
// and the reason of a difference are not in the state, so the same words again count as new ones here; a
// caller that can read the log finds those first (Command::unchanged). Pure: reads the state, changes nothing.
//
// Every error names the field, the resource's or the change's own ("actual.value.number.unit",
// "narrative.text", "assessment.causes[1]", "kpi", "etag", "reason"): INVALID_ARGUMENT REQUIRED_FIELD,
// INVALID_FIELD, INVALID_DECIMAL; NOT_FOUND RESOURCE_NOT_FOUND: the KPI is not known to progress;
// PERMISSION_DENIED ROLE_REQUIRED, DEPARTMENT_SCOPE: the reporter's department is none of the KPI's, or has
// ended by that reporting year (ROLE_REQUIRED where all of the KPI's have); FAILED_PRECONDITION
// ACTUAL_EXISTS, ACTUAL_MISSING, RETIRED, NOT_YET_IN_FORCE: the KPI or a node above it is not part of the
// plan in that reporting year; ABORTED ETAG_MISMATCH.
absl::StatusOr<std::vector<NewEvent>> Decide(const State& state, const v1::Change& change,
                                             const Caller& caller);

// The event by which progress takes over entries of catalog; none where it has them already. Pure. The
// checkpoint's signature was verified before. An entry that this build does not know is found by State::Fold,
// which the ledger runs before it stores anything.
//
// PERMISSION_DENIED ROLE_REQUIRED: not a peer. FAILED_PRECONDITION CATALOG_GAP, CATALOG_FORK.
// INVALID_ARGUMENT INVALID_FIELD: the entries are not whole commands; MALFORMED: the checkpoint is none.
absl::StatusOr<std::vector<NewEvent>> Decide(const State& state, const v1::CatalogAdvanced& advance,
                                             const Caller& caller);

// Every record as of `size`, as StateMachine::VisitRecords says. Figures and declarations are Actual,
// AssessmentRecorded and NarrativeRecorded messages. What is known of catalog is the resource "catalog",
// whose content is a GetCatalogPositionResponse with the unsigned checkpoint: it commits to all of catalog,
// and, being about the log and not about the city, is for the state digest only, not for the content digest.
void VisitRecords(const State& state, Position size, StateMachine::Visit visit, StateMachine::Pause pause);

class Machine final : public StateMachine {
 public:
  // For View; under the ledger's locks.
  const State& state() const { return state_; }

  // `step` is a v1::Change, or a v1::CatalogAdvanced; of another message it is INTERNAL.
  absl::StatusOr<std::vector<NewEvent>> Decide(const google::protobuf::Message& step, const Caller& caller,
                                               absl::Time recorded_at) const override;
  absl::StatusOr<const google::protobuf::Message*> Parse(Position position, const log::v1::Entry& entry,
                                                         google::protobuf::Arena& arena) const override {
    return ParseEvent(position, entry, arena);
  }
  absl::Status Fold(Position position, const google::protobuf::Message& event) override {
    return state_.Fold(position, event);
  }
  void Truncate(Position size) override { state_.Truncate(size); }
  void Publish(Position size) override { state_.Publish(size); }
  using StateMachine::VisitRecords;
  void VisitRecords(Position size, Visit visit, Pause pause) const override {
    progress::VisitRecords(state_, size, visit, pause);
  }

 private:
  State state_;
};

}  // namespace seisaku::progress
