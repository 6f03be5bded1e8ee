// Entries about the log itself (seisaku.log.v1.LogEvent), which every service's log may have.
#pragma once

#include "absl/status/status.h"
#include "seisaku/log/v1/entry.pb.h"

namespace seisaku::catalog {

// Whether the type is of such an entry. It changes nothing in a state but its size.
bool IsLogEvent(const log::v1::Entry& entry);

// OK, or an error that says what this build does not know of an entry that IsLogEvent, or what in it cannot
// be.
absl::Status CheckLogEvent(const log::v1::Entry& entry);

}  // namespace seisaku::catalog
