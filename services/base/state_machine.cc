#include "services/base/state_machine.h"

#include "services/base/status.h"

namespace seisaku {

absl::Status StateMachine::Evolve(Position position, const log::v1::Entry& entry) {
  // Large enough for nearly every event, which then costs no allocation of the arena's.
  alignas(8) char first_block[2048];
  google::protobuf::Arena arena(first_block, sizeof first_block);
  ASSIGN_OR_RETURN(const google::protobuf::Message* event, Parse(position, entry, arena));
  return Fold(position, *event);
}

}  // namespace seisaku
