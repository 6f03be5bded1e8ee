#include "services/progress/domain/parse_event.h"

#include <string>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/event.h"
#include "services/catalog/domain/log_event.h"
#include "services/catalog/domain/unknown_fields.h"
#include "services/progress/domain/names.h"

namespace seisaku::progress {
namespace {

using catalog::CannotBe;

// Whether the entry commits to the text that `event` names in such a field.
template <typename Proto>
bool HasText(const Proto& event, bool (Proto::*has)() const, const log::v1::TextRef& (Proto::*text)() const,
             const log::v1::Entry& entry) {
  return !(event.*has)() || (event.*text)().index() < static_cast<uint32_t>(entry.texts_size());
}

bool HasTexts(const v1::Event& event, const log::v1::Entry& entry) {
  using Words = v1::NarrativeRecorded;
  using Declared = v1::AssessmentRecorded;
  return HasText(event, &v1::Event::has_reason, &v1::Event::reason, entry) &&
         HasText(event.narrative_recorded(), &Words::has_text, &Words::text, entry) &&
         HasText(event.assessment_recorded(), &Declared::has_difference_reason, &Declared::difference_reason,
                 entry);
}

absl::Status Check(const log::v1::Entry& entry, const v1::Event& event) {
  if (event.event_case() == v1::Event::EVENT_NOT_SET || entry.type() != EventType(event)) {
    return CannotBe(fmt::format("this build does not know its type, {}", entry.type()));
  }
  if (auto unknown = catalog::FindUnknownField(entry)) return CannotBe("unknown in the entry: " + *unknown);
  if (auto unknown = catalog::FindUnknownField(event, entry.payload())) {
    return CannotBe("unknown in the event: " + *unknown);
  }
  if (HasTexts(event, entry)) return absl::OkStatus();
  return CannotBe("it names a text that it does not commit to");
}

}  // namespace

absl::StatusOr<const google::protobuf::Message*> ParseEvent(Position position, const log::v1::Entry& entry,
                                                            google::protobuf::Arena& arena) {
  if (catalog::IsLogEvent(entry)) return catalog::ParseLogEvent(position, entry, arena);
  auto& event = *google::protobuf::Arena::CreateMessage<v1::Event>(&arena);
  if (!event.ParseFromString(entry.payload())) {
    return errors::LogCorrupt(position, "its payload is not an Event");
  }
  if (absl::Status whole = Check(entry, event); !whole.ok()) {
    return errors::LogCorrupt(position, std::string(whole.message()));
  }
  return &event;
}

}  // namespace seisaku::progress
