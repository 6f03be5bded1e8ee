#include "services/catalog/domain/event.h"

#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "services/catalog/domain/verb.h"

namespace seisaku::catalog {

std::string EventAction(const v1::Event& event) {
  const auto* oneof = v1::Event::descriptor()->FindOneofByName("event");
  const auto* field = v1::Event::GetReflection()->GetOneofFieldDescriptor(event, oneof);
  return field == nullptr ? "" : field->name();
}

std::string EventType(const v1::Event& event) {
  return fmt::format("{}/{}", v1::Event::descriptor()->full_name(), EventAction(event));
}

std::string EventResource(const v1::Event& event) {
  if (const Verb* verb = FindVerb(event.event_case())) return verb->Resource(event);
  switch (event.event_case()) {
    case v1::Event::kKpiCreated:
      return event.kpi_created().name();
    case v1::Event::kKpiUpdated:
      return event.kpi_updated().name();
    case v1::Event::kKpiRetired:
      return event.kpi_retired().name();
    case v1::Event::kTargetSet:
      return event.target_set().kpi();
    default:
      break;
  }
  return "";
}

absl::Status CannotBe(std::string_view why) { return absl::DataLossError(std::string(why)); }

}  // namespace seisaku::catalog
