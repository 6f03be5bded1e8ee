// Progress's events as they stand in entries: their types, their resources, and reading them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/arena.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/revisions.h"

namespace seisaku::progress {

// The event of the entry at `position`: a v1::Event, or a log::v1::LogEvent, on `arena`. This is the part of
// a fold that needs no state. DATA_LOSS LOG_CORRUPT: an event type or a field that this build does not know
// (at any depth), or a text that the entry does not commit to.
absl::StatusOr<const google::protobuf::Message*> ParseEvent(Position position, const log::v1::Entry& entry,
                                                            google::protobuf::Arena& arena);

// Entry.type: "seisaku.progress.v1.Event/actual_recorded"; empty where no event is set.
const std::string& EventType(const v1::Event& event);

// The name of the resource that it changes; empty where no event is set.
std::string EventResource(const v1::Event& event);

}  // namespace seisaku::progress
