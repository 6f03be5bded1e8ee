// Catalog's events as they stand in entries: their types, their resources, and reading them.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/message.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/log/v1/entry.pb.h"
#include "services/base/revisions.h"

namespace seisaku::catalog {

// The event of the entry at `position`: a v1::Event, or a log::v1::LogEvent, on `arena`. This is the part of
// a fold that needs no state. DATA_LOSS LOG_CORRUPT: an event type or a field that this build does not know
// (at any depth), or an entry whose type or resource is not that of its event.
absl::StatusOr<const google::protobuf::Message*> ParseEvent(Position position, const log::v1::Entry& entry,
                                                            google::protobuf::Arena& arena);

// The name of the event's set field: "node_created"; empty where none is set.
std::string EventAction(const v1::Event& event);

// Entry.type: "seisaku.catalog.v1.Event/node_created"; empty where no event is set.
const std::string& EventType(const v1::Event& event);

// The name of the resource that it changes, which lives as long as the event; empty where no event is set.
const std::string& EventResource(const v1::Event& event);

}  // namespace seisaku::catalog
