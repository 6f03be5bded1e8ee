// Progress as a state machine for its ledger.
#pragma once

#include <vector>

#include "services/base/state_machine.h"
#include "services/progress/domain/state.h"

namespace seisaku::progress {

// Decide takes v1::Change, v1::CatalogAdvanced, and google.protobuf.Empty: a change that the handler found to
// be so already, which comes to nothing. Thread-safety is StateMachine's.
class Machine final : public StateMachine {
 public:
  // For View.
  const State& state() const { return state_; }

  absl::StatusOr<std::vector<NewEvent>> Decide(const google::protobuf::Message& step, const Caller& caller,
                                               absl::Time recorded_at) const override;
  absl::Status Evolve(Position position, const log::v1::Entry& entry) override {
    return state_.Evolve(position, entry);
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
