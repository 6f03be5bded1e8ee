// Entries about the log itself (seisaku.log.v1.LogEvent), which every service's log may have.
#pragma once

#include "absl/status/statusor.h"
#include "google/protobuf/arena.h"
#include "seisaku/log/v1/entry.pb.h"
#include "services/base/revisions.h"

namespace seisaku {

// Whether the type is of such an entry. It changes nothing in a state but its size.
bool IsLogEvent(const log::v1::Entry& entry);

// The LogEvent of such an entry, on `arena`. DATA_LOSS LOG_CORRUPT says what this build does not know of it,
// or what in it cannot be.
absl::StatusOr<const google::protobuf::Message*> ParseLogEvent(Position position, const log::v1::Entry& entry,
                                                               google::protobuf::Arena& arena);

// Whether that is where the event is from.
bool IsLogEvent(const google::protobuf::Message& event);

}  // namespace seisaku
