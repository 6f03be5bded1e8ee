#include "services/domain/log_event.h"

#include "fmt/format.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "services/base/errors.h"
#include "services/domain/unknown_fields.h"
#include "services/domain/verb.h"

namespace seisaku {
namespace {

using log::v1::LogEvent;

constexpr std::string_view kPrefix = "seisaku.log.v1.LogEvent/";

const log::v1::TextRef& ReasonOf(const LogEvent& event) {
  switch (event.event_case()) {
    case LogEvent::kTextRedacted:
      return event.text_redacted().reason();
    case LogEvent::kKeyRotated:
      return event.key_rotated().reason();
    case LogEvent::kLogSealed:
      return event.log_sealed().reason();
    case LogEvent::kLogContinued:
    case LogEvent::EVENT_NOT_SET:
      break;
  }
  return event.log_continued().reason();
}

absl::Status Check(const log::v1::Entry& entry, const LogEvent& event) {
  if (auto unknown = FindUnknownField(entry)) return CannotBe("unknown in the entry: " + *unknown);
  if (auto unknown = FindUnknownField(event, entry.payload()))
    return CannotBe("unknown in the event: " + *unknown);
  const auto* field = LogEvent::descriptor()->FindFieldByNumber(event.event_case());
  if (field == nullptr || entry.type() != fmt::format("{}{}", kPrefix, field->name())) {
    return CannotBe(fmt::format("event type {} is unknown, or not that of its payload", entry.type()));
  }
  if (ReasonOf(event).index() < static_cast<uint32_t>(entry.texts_size())) return absl::OkStatus();
  return CannotBe("it names a reason that it does not commit to");
}

}  // namespace

bool IsLogEvent(const log::v1::Entry& entry) { return std::string_view(entry.type()).starts_with(kPrefix); }

bool IsLogEvent(const google::protobuf::Message& event) {
  return event.GetDescriptor() == LogEvent::descriptor();
}

absl::StatusOr<const google::protobuf::Message*> ParseLogEvent(Position position, const log::v1::Entry& entry,
                                                               google::protobuf::Arena& arena) {
  auto& event = *google::protobuf::Arena::CreateMessage<LogEvent>(&arena);
  if (!event.ParseFromString(entry.payload())) {
    return errors::LogCorrupt(position, "the payload is no seisaku.log.v1.LogEvent");
  }
  if (absl::Status whole = Check(entry, event); !whole.ok()) {
    return errors::LogCorrupt(position, std::string(whole.message()));
  }
  return &event;
}

}  // namespace seisaku
