// From an entry's bytes to its event: the part of Evolve that needs no state.
#pragma once

#include "absl/status/statusor.h"
#include "google/protobuf/arena.h"
#include "seisaku/log/v1/entry.pb.h"
#include "services/base/revisions.h"

namespace seisaku::catalog {

// A v1::Event, or a log::v1::LogEvent, on `arena`. DATA_LOSS LOG_CORRUPT: an event type or a field that this
// build does not know (at any depth), or an entry that is not that of its event.
absl::StatusOr<const google::protobuf::Message*> ParseEvent(Position position, const log::v1::Entry& entry,
                                                            google::protobuf::Arena& arena);

}  // namespace seisaku::catalog
