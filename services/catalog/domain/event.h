// Facts about events that both making and folding them need.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "seisaku/catalog/v1/events.pb.h"

namespace seisaku::catalog {

// The name of the event's set field: "node_created"; empty where none is set.
std::string EventAction(const v1::Event& event);

// Entry.type: "seisaku.catalog.v1.Event/node_created".
std::string EventType(const v1::Event& event);

// The name of the resource that it changes; empty where no event is set.
std::string EventResource(const v1::Event& event);

// Why an event cannot have been committed; Evolve makes LOG_CORRUPT of it.
absl::Status CannotBe(std::string_view why);

}  // namespace seisaku::catalog
