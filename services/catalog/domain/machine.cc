#include "services/catalog/domain/machine.h"

#include "services/base/errors.h"
#include "services/catalog/domain/decide.h"

namespace seisaku::catalog {

absl::StatusOr<std::vector<NewEvent>> Machine::Decide(const google::protobuf::Message& step,
                                                      const Caller& caller, absl::Time) const {
  const auto* change = google::protobuf::DynamicCastToGenerated<v1::Change>(&step);
  if (change == nullptr)
    return errors::InvalidField("change", expected::MESSAGE,
                                {{"type", v1::Change::descriptor()->full_name()}});
  return catalog::Decide(state_, *change, caller);
}

absl::Status Machine::Evolve(Position position, const log::v1::Entry& entry) {
  return state_.Evolve(position, entry);
}

void Machine::Truncate(Position size) { state_.Truncate(size); }

void Machine::Publish(Position size) { state_.Publish(size); }

void Machine::VisitRecords(Position size, Visit visit, Pause pause) const {
  catalog::VisitRecords(state_, size, visit, pause);
}

}  // namespace seisaku::catalog
