// State::Fold: an event becomes a step of Evolution.
#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/event.h"
#include "services/catalog/domain/evolution.h"
#include "services/catalog/domain/log_event.h"
#include "services/catalog/domain/state.h"
#include "services/catalog/domain/verb.h"

namespace seisaku::catalog {

absl::Status State::Fold(Position position, const google::protobuf::Message& event) {
  if (position != size_) return errors::LogCorrupt(position, fmt::format("{} comes next", size_));
  if (const auto* own = google::protobuf::DynamicCastToGenerated<v1::Event>(&event)) {
    const absl::Status folded = Evolution(*this, position).Apply(*own);
    if (!folded.ok()) return errors::LogCorrupt(position, std::string(folded.message()));
  } else if (!IsLogEvent(event)) {
    return errors::LogCorrupt(position, "the event is another log's");
  }
  ++size_;
  return absl::OkStatus();
}

absl::StatusOr<KpiSlot*> Evolution::Kpi(std::string_view name) {
  ASSIGN_OR_RETURN(NameInPlan kpi, ParseKpiName("kpi", name));
  ASSIGN_OR_RETURN(PlanSlot * plan, Plan(PlanName(kpi.plan)));
  auto found = plan->kpis.find(kpi.id);
  if (found == plan->kpis.end()) return CannotBe(fmt::format("{} does not exist", name));
  return &found->second;
}

absl::Status Evolution::Apply(const v1::Event& event) {
  if (const Verb* verb = FindVerb(event.event_case())) return verb->Fold(*this, event);
  switch (event.event_case()) {
    case v1::Event::kKpiCreated:
      return KpiCreated(event.kpi_created());
    case v1::Event::kKpiUpdated:
      return KpiUpdated(event.kpi_updated());
    case v1::Event::kKpiRetired:
      return KpiRetired(event.kpi_retired());
    case v1::Event::kTargetSet:
      return TargetSet(event.target_set());
    default:
      break;
  }
  return CannotBe("the event's type is unknown");
}

}  // namespace seisaku::catalog
