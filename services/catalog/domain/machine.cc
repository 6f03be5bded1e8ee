#include "services/catalog/domain/machine.h"

#include "services/base/errors.h"
#include "services/catalog/domain/decide.h"
#include "services/catalog/domain/parse_event.h"

namespace seisaku::catalog {

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
