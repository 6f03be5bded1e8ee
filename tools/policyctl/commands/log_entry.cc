#include "tools/policyctl/commands/log_entry.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_replace.h"
#include "fmt/format.h"
#include "google/protobuf/util/time_util.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/status.h"
#include "services/ledger/tree/free_text.h"
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

// How many logs before this one the entry at `position` was saved from: each moved it by one position.
absl::StatusOr<uint64_t> LogsBefore(uint64_t position, const ReadEntry& read) {
  uint64_t moved = 0;
  for (uint64_t first = 0; first < position; ++first) {
    ASSIGN_OR_RETURN(const log::v1::StoredEntry stored, read(first));
    ASSIGN_OR_RETURN(const log::v1::Entry entry, DecodeEntry(stored));
    log::v1::LogEvent event;
    if (EventName(entry) != "log_continued" || !event.ParseFromString(entry.payload())) break;
    if (position < first + 1 + event.log_continued().saved_size()) ++moved;
  }
  return moved;
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

std::map<uint32_t, std::string> TextFields(const google::protobuf::Message& event) {
  std::map<uint32_t, std::string> names;
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  event.GetReflection()->ListFields(event, &fields);
  for (const auto* field : fields) {
    if (field->message_type() == nullptr || field->is_repeated()) continue;
    const google::protobuf::Message& inside = event.GetReflection()->GetMessage(event, field);
    if (field->message_type() == log::v1::TextRef::descriptor()) {
      names[static_cast<const log::v1::TextRef&>(inside).index()] = field->name();
    } else {
      names.merge(TextFields(inside));
    }
  }
  return names;
}

absl::StatusOr<std::string> ReasonText(Language language, const log::v1::StoredEntry& stored) {
  ASSIGN_OR_RETURN(const log::v1::Entry entry, DecodeEntry(stored));
  const absl::StatusOr<std::unique_ptr<google::protobuf::Message>> event = DecodePayload(entry);
  if (!event.ok()) return std::string();
  for (const auto& [index, field] : TextFields(**event)) {
    if (field != "reason") continue;
    ASSIGN_OR_RETURN(std::optional<std::string> reason, ledger::OpenText(stored, entry, index));
    return reason ? *std::move(reason) : std::string(In(language, text::kTextWithdrawn));
  }
  return std::string();
}

absl::StatusOr<std::optional<WithdrawnText>> FindWithdrawn(const log::v1::Entry& entry, uint64_t position,
                                                           const ReadEntry& read) {
  log::v1::LogEvent event;
  if (EventName(entry) != "text_redacted" || !event.ParseFromString(entry.payload())) return std::nullopt;
  ASSIGN_OR_RETURN(const uint64_t moved, LogsBefore(position, read));
  WithdrawnText withdrawn{.position = event.text_redacted().position() + moved,
                          .index = event.text_redacted().index(),
                          .entry = {},
                          .field = {}};
  const absl::StatusOr<log::v1::StoredEntry> stored = read(withdrawn.position);
  if (absl::IsOutOfRange(stored.status())) return withdrawn;
  RETURN_IF_ERROR(stored.status());
  ASSIGN_OR_RETURN(withdrawn.entry, DecodeEntry(*stored));
  ASSIGN_OR_RETURN(const std::unique_ptr<google::protobuf::Message> payload, DecodePayload(withdrawn.entry));
  const std::map<uint32_t, std::string> fields = TextFields(*payload);
  if (const auto found = fields.find(withdrawn.index); found != fields.end()) withdrawn.field = found->second;
  return withdrawn;
}

google::protobuf::Struct WithdrawnStruct(const WithdrawnText& withdrawn) {
  google::protobuf::Struct json;
  auto& fields = *json.mutable_fields();
  fields["position"].set_string_value(std::to_string(withdrawn.position));
  fields["index"].set_number_value(withdrawn.index);
  fields["text"].set_string_value(withdrawn.field);
  fields["event"].set_string_value(EventName(withdrawn.entry));
  fields["resource"].set_string_value(withdrawn.entry.resource());
  fields["recordedAt"].set_string_value(
      google::protobuf::util::TimeUtil::ToString(withdrawn.entry.recorded_at()));
  fields["actor"].set_string_value(withdrawn.entry.actor());
  return json;
}

absl::StatusOr<std::string> EntryJson(const log::v1::StoredEntry& stored, const ReadEntry& read) {
  ASSIGN_OR_RETURN(log::v1::Entry entry, DecodeEntry(stored));
  ASSIGN_OR_RETURN(const std::unique_ptr<google::protobuf::Message> payload, DecodePayload(entry));
  std::optional<WithdrawnText> withdrawn;
  if (read) {
    ASSIGN_OR_RETURN(withdrawn, FindWithdrawn(entry, stored.position(), read));
  }
  entry.clear_payload();
  google::protobuf::ListValue texts;
  for (int index = 0; index < entry.texts_size(); ++index) {
    ASSIGN_OR_RETURN(const auto opened, ledger::OpenText(stored, entry, static_cast<uint32_t>(index)));
    google::protobuf::Value& text = *texts.add_values();
    opened ? text.set_string_value(*opened) : text.set_null_value(google::protobuf::NULL_VALUE);
  }
  std::string json =
      fmt::format("{{\n \"position\": \"{}\",\n \"entry\": {},\n \"event\": {},\n \"texts\": {}",
                  stored.position(), Inside(entry), Inside(*payload), Inside(texts));
  if (withdrawn) json += ",\n \"withdrawn\": " + Inside(WithdrawnStruct(*withdrawn));
  return json + "\n}\n";
}

std::string EventName(const log::v1::Entry& entry) { return entry.type().substr(entry.type().find('/') + 1); }

}  // namespace seisaku::policyctl
