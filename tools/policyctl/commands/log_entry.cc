#include "tools/policyctl/commands/log_entry.h"

#include "absl/strings/str_replace.h"
#include "fmt/format.h"
#include "google/protobuf/struct.pb.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/status.h"
#include "tools/policyctl/output.h"

namespace seisaku::policyctl {
namespace {

absl::Status Unreadable(uint64_t position) {
  return MakeError(absl::StatusCode::kDataLoss, "ENTRY_UNREADABLE", "the bytes are not those of an entry",
                   {{"entry", std::to_string(position)}});
}

// An empty message of the type that the entry names; nullptr where this build has none.
std::unique_ptr<google::protobuf::Message> NewPayload(const log::v1::Entry& entry) {
  const std::string message = entry.type().substr(0, entry.type().find('/'));
  if (message == catalog::v1::Event::descriptor()->full_name()) return std::make_unique<catalog::v1::Event>();
  if (message == progress::v1::Event::descriptor()->full_name())
    return std::make_unique<progress::v1::Event>();
  if (message == log::v1::LogEvent::descriptor()->full_name()) return std::make_unique<log::v1::LogEvent>();
  return nullptr;
}

// A message's JSON as it stands inside another object: its lines one place further in.
std::string Inside(const google::protobuf::Message& message) {
  const std::string json = ToJson(message);
  return absl::StrReplaceAll(json.substr(0, json.size() - 1), {{"\n", "\n "}});
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
                     {{"entry", entry.event_id()}});
  return payload;
}

absl::StatusOr<std::string> EntryJson(const log::v1::StoredEntry& stored) {
  ASSIGN_OR_RETURN(log::v1::Entry entry, DecodeEntry(stored));
  ASSIGN_OR_RETURN(const std::unique_ptr<google::protobuf::Message> payload, DecodePayload(entry));
  entry.clear_payload();
  google::protobuf::ListValue texts;
  for (int index = 0; index < entry.texts_size(); ++index) {
    // Without salt it was withdrawn; the last ones may be missing then.
    const bool there = index < stored.texts_size() && !stored.texts(index).salt().empty();
    google::protobuf::Value& text = *texts.add_values();
    there ? text.set_string_value(stored.texts(index).text())
          : text.set_null_value(google::protobuf::NULL_VALUE);
  }
  return fmt::format("{{\n \"position\": \"{}\",\n \"entry\": {},\n \"event\": {},\n \"texts\": {}\n}}\n",
                     stored.position(), Inside(entry), Inside(*payload), Inside(texts));
}

std::string EventName(const log::v1::Entry& entry) { return entry.type().substr(entry.type().find('/') + 1); }

}  // namespace seisaku::policyctl
