#include "services/progress/domain/event.h"

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/domain/log_event.h"
#include "services/domain/unknown_fields.h"
#include "services/progress/domain/verb.h"

namespace seisaku::progress {
namespace {

// Whether the entry commits to every text that the event names.
bool HasTexts(const v1::Event& event, const log::v1::Entry& entry) {
  if (event.has_reason() && event.reason().index() >= static_cast<uint32_t>(entry.texts_size())) return false;
  return FindVerb(event.event_case())->NamesTextsBelow(event, entry.texts_size());
}

absl::Status Check(const log::v1::Entry& entry, const v1::Event& event) {
  if (event.event_case() == v1::Event::EVENT_NOT_SET || entry.type() != EventType(event)) {
    return CannotBe(fmt::format("this build does not know its type, {}", entry.type()));
  }
  if (auto unknown = FindUnknownField(entry)) return CannotBe("unknown in the entry: " + *unknown);
  if (auto unknown = FindUnknownField(event, entry.payload())) {
    return CannotBe("unknown in the event: " + *unknown);
  }
  if (HasTexts(event, entry)) return absl::OkStatus();
  return CannotBe("it names a text that it does not commit to");
}

}  // namespace

absl::StatusOr<const google::protobuf::Message*> ParseEvent(Position position, const log::v1::Entry& entry,
                                                            google::protobuf::Arena& arena) {
  if (IsLogEvent(entry)) return ParseLogEvent(position, entry, arena);
  auto& event = *google::protobuf::Arena::CreateMessage<v1::Event>(&arena);
  if (!event.ParseFromString(entry.payload())) {
    return errors::LogCorrupt(position, "its payload is not an Event");
  }
  if (absl::Status whole = Check(entry, event); !whole.ok()) {
    return errors::LogCorrupt(position, std::string(whole.message()));
  }
  return &event;
}

const std::string& EventType(const v1::Event& event) {
  static const std::string& none = *new std::string();
  const Verb* verb = FindVerb(event.event_case());
  return verb == nullptr ? none : verb->type();
}

std::string EventResource(const v1::Event& event) {
  const Verb* verb = FindVerb(event.event_case());
  return verb == nullptr ? "" : verb->row().resource(verb->EventMessage(event));
}

}  // namespace seisaku::progress
