#include "services/catalog/domain/event.h"

#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "services/base/errors.h"
#include "services/catalog/domain/verb.h"
#include "services/domain/log_event.h"
#include "services/domain/unknown_fields.h"

namespace seisaku::catalog {
namespace {

using google::protobuf::FieldDescriptor;

absl::Status Check(const log::v1::Entry& entry, const v1::Event& event) {
  if (auto unknown = FindUnknownField(entry)) return CannotBe("unknown in the entry: " + *unknown);
  if (auto unknown = FindUnknownField(event, entry.payload()))
    return CannotBe("unknown in the event: " + *unknown);
  if (event.event_case() == v1::Event::EVENT_NOT_SET || entry.type() != EventType(event)) {
    return CannotBe(fmt::format("event type {} is unknown, or not that of its payload", entry.type()));
  }
  if (entry.resource() == EventResource(event)) return absl::OkStatus();
  return CannotBe(fmt::format("the entry names {}, its event {}", entry.resource(), EventResource(event)));
}

}  // namespace

absl::StatusOr<const google::protobuf::Message*> ParseEvent(Position position, const log::v1::Entry& entry,
                                                            google::protobuf::Arena& arena) {
  if (IsLogEvent(entry)) return ParseLogEvent(position, entry, arena);
  auto& event = *google::protobuf::Arena::CreateMessage<v1::Event>(&arena);
  if (!event.ParseFromString(entry.payload())) {
    return errors::LogCorrupt(position, "the payload is no seisaku.catalog.v1.Event");
  }
  if (absl::Status whole = Check(entry, event); !whole.ok()) {
    return errors::LogCorrupt(position, std::string(whole.message()));
  }
  return &event;
}

std::string EventAction(const v1::Event& event) {
  const FieldDescriptor* field = v1::Event::descriptor()->FindFieldByNumber(event.event_case());
  return field == nullptr ? "" : field->name();
}

const std::string& EventType(const v1::Event& event) {
  static const std::string& none = *new std::string();
  const Verb* verb = FindVerb(event.event_case());
  return verb == nullptr ? none : verb->type();
}

const std::string& EventResource(const v1::Event& event) {
  static const std::string& none = *new std::string();
  const Verb* verb = FindVerb(event.event_case());
  return verb == nullptr ? none : verb->SubjectOf(event);
}

}  // namespace seisaku::catalog
