// Progress as a state machine for its ledger.
#pragma once

#include <vector>

#include "services/base/state_machine.h"
#include "services/progress/domain/parse_event.h"
#include "services/progress/domain/state.h"

namespace seisaku::progress {

// Decide takes v1::Change and v1::CatalogAdvanced. Thread-safety is StateMachine's.
class Machine final : public StateMachine {
 public:
  // For View.
  const State& state() const { return state_; }

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
