#include "services/catalog/domain/event.h"

#include <algorithm>
#include <vector>

#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "services/base/errors.h"
#include "services/catalog/domain/log_event.h"
#include "services/catalog/domain/unknown_fields.h"
#include "services/catalog/domain/verb.h"

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

// Entry.type by the number of the event's field; 0 is an event that is not set.
std::vector<std::string> Types() {
  const std::string prefix = v1::Event::descriptor()->full_name() + "/";
  std::vector<std::string> types = {prefix};
  const google::protobuf::OneofDescriptor& events = *v1::Event::descriptor()->FindOneofByName("event");
  for (int i = 0; i < events.field_count(); ++i) {
    const FieldDescriptor& field = *events.field(i);
    types.resize(std::max(types.size(), static_cast<size_t>(field.number()) + 1));
    types[field.number()] = prefix + field.name();
  }
  return types;
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
  static const std::vector<std::string>& types = *new std::vector<std::string>(Types());
  return types[event.event_case()];
}

const std::string& EventResource(const v1::Event& event) {
  static const std::string& none = *new std::string();
  const Verb* verb = FindVerb(event.event_case());
  return verb == nullptr ? none : verb->Resource(event);
}

absl::Status CannotBe(std::string_view why) { return absl::DataLossError(std::string(why)); }

}  // namespace seisaku::catalog
