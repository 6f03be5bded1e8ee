// The decisions on figures behind Decide. Each is given the newest view and the KPI that the figure is of,
// and yields the event without its reason; nullopt: nothing would change.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "seisaku/progress/v1/changes.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/progress/domain/view.h"

namespace seisaku::progress {

struct FigureEvent {
  v1::Event event;
  std::string resource;
};
using FigureDecision = absl::StatusOr<std::optional<FigureEvent>>;

FigureDecision RecordActual(const View& view, const catalog::KpiAt& kpi, const v1::Actual& proto);
FigureDecision CorrectActual(const View& view, const catalog::KpiAt& kpi, const v1::CorrectActual& correct,
                             bool has_reason);
FigureDecision RetractActual(const View& view, const catalog::KpiAt& kpi, const v1::RetractActual& retract,
                             bool has_reason);

}  // namespace seisaku::progress
