#include "tools/policyctl/commands/log_entry.h"

#include "fmt/format.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/status.h"
#include "tools/policyctl/output.h"

namespace seisaku::policyctl {
namespace {

absl::Status Unreadable(uint64_t position) {
  return MakeError(absl::StatusCode::kDataLoss, "ENTRY_UNREADABLE", "the bytes are not those of an entry",
                   {{"position", std::to_string(position)}});
}

// An empty message of the type that the entry names; nullptr where this build has none.
std::unique_ptr<google::protobuf::Message> NewPayload(const log::v1::Entry& entry) {
  const std::string message = entry.type().substr(0, entry.type().find('/'));
  if (message == catalog::v1::Event::descriptor()->full_name()) return std::make_unique<catalog::v1::Event>();
  if (message == progress::v1::Event::descriptor()->full_name())
    return std::make_unique<progress::v1::Event>();
  return nullptr;
}

// A JSON text (of a message) as a value that can stand inside another one.
google::protobuf::Value AsValue(const google::protobuf::Message& message) {
  google::protobuf::Value value;
  (void)google::protobuf::util::JsonStringToMessage(ToJson(message), &value);
  return value;
}

}  // namespace

absl::StatusOr<log::v1::Entry> DecodeEntry(const log::v1::StoredEntry& stored) {
  log::v1::Entry entry;
  if (!entry.ParseFromString(stored.entry())) return Unreadable(stored.position());
  return entry;
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> DecodePayload(const log::v1::Entry& entry) {
  std::unique_ptr<google::protobuf::Message> payload = NewPayload(entry);
  if (payload == nullptr)
    return MakeError(absl::StatusCode::kUnimplemented, "EVENT_UNKNOWN",
                     fmt::format("this policyctl does not know {}", entry.type()), {{"type", entry.type()}});
  if (!payload->ParseFromString(entry.payload()))
    return MakeError(absl::StatusCode::kDataLoss, "ENTRY_UNREADABLE", "the payload is not an event",
                     {{"event_id", entry.event_id()}});
  return payload;
}

absl::StatusOr<std::string> EntryJson(const log::v1::StoredEntry& stored) {
  ASSIGN_OR_RETURN(log::v1::Entry entry, DecodeEntry(stored));
  ASSIGN_OR_RETURN(const std::unique_ptr<google::protobuf::Message> payload, DecodePayload(entry));
  entry.clear_payload();
  google::protobuf::Struct all;
  (*all.mutable_fields())["position"].set_string_value(std::to_string(stored.position()));
  (*all.mutable_fields())["entry"] = AsValue(entry);
  (*all.mutable_fields())["event"] = AsValue(*payload);
  for (const log::v1::StoredText& text : stored.texts())
    (*all.mutable_fields())["texts"].mutable_list_value()->add_values()->set_string_value(text.text());
  return ToJson(all);
}

std::string EventName(const log::v1::Entry& entry) { return entry.type().substr(entry.type().find('/') + 1); }

}  // namespace seisaku::policyctl
