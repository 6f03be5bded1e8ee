// Entries of a log, decoded for people.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/log/v1/log_service.pb.h"

namespace seisaku::policyctl {

// The entry that a stored one holds. DATA_LOSS ENTRY_UNREADABLE: its bytes are none.
absl::StatusOr<log::v1::Entry> DecodeEntry(const log::v1::StoredEntry& stored);

// The event in an entry, of the message that its type names. UNIMPLEMENTED EVENT_UNKNOWN: this build does not
// know the message; DATA_LOSS ENTRY_UNREADABLE.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> DecodePayload(const log::v1::Entry& entry);

// One JSON object: position, the entry without its payload, "event" (the payload) and "texts" (null where
// withdrawn). Errors: of both functions above.
absl::StatusOr<std::string> EntryJson(const log::v1::StoredEntry& stored);

// The type without its package: "node_created".
std::string EventName(const log::v1::Entry& entry);

}  // namespace seisaku::policyctl
