// Entries of a log, decoded for people.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/struct.pb.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl {

// The entry that a stored one holds. DATA_LOSS ENTRY_UNREADABLE: its bytes are none.
absl::StatusOr<log::v1::Entry> DecodeEntry(const log::v1::StoredEntry& stored);

// The event in an entry, of the message that its type names. UNIMPLEMENTED EVENT_UNKNOWN: this build does not
// know the message; DATA_LOSS ENTRY_UNREADABLE.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> DecodePayload(const log::v1::Entry& entry);

// What each text of the entry is in its event, by TextRef.index: the field that names it ("reason", "text",
// "difference_reason").
std::map<uint32_t, std::string> TextFields(const google::protobuf::Message& event);

// Why the entry, read with its texts, was made, as its caller said; "" where no reason was given, or this
// build does not know the event. In place of a withdrawn one it says that. Errors: DecodeEntry's; DATA_LOSS
// TEXT_DIFFERS, see ledger::OpenText.
absl::StatusOr<std::string> ReasonText(Language language, const log::v1::StoredEntry& stored);

// A text that was withdrawn.
struct WithdrawnText {
  uint64_t position = 0;  // of the entry that it was beside, as this log counts
  uint32_t index = 0;     // TextRef.index
  log::v1::Entry entry;   // that entry; empty where there is none
  std::string field;      // see TextFields; "" where no field names it
};

// What the entry at `position` says was withdrawn; nullopt: it says nothing like that. `read` reads another
// entry of the same log, without texts. Errors: `read`'s, but OUT_OF_RANGE; of the functions above.
using ReadEntry = std::function<absl::StatusOr<log::v1::StoredEntry>(uint64_t position)>;
absl::StatusOr<std::optional<WithdrawnText>> FindWithdrawn(const log::v1::Entry& entry, uint64_t position,
                                                           const ReadEntry& read);

// One JSON object: position, the entry without its payload, "event" (the payload), "texts" (null where
// withdrawn) and, where the entry says so and there is `read`, "withdrawn": which text of which entry.
// Errors: of the functions above; DATA_LOSS TEXT_DIFFERS, see ledger::OpenText.
absl::StatusOr<std::string> EntryJson(const log::v1::StoredEntry& stored, const ReadEntry& read = nullptr);
// The same as a message.
google::protobuf::Struct WithdrawnStruct(const WithdrawnText& withdrawn);

// The type without its package: "node_created".
std::string EventName(const log::v1::Entry& entry);

}  // namespace seisaku::policyctl
