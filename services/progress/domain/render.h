// What callers get of a view. Free texts are not in a state: they are left empty here, and their places
// given, so that a handler reads them after it has let go of the state.
#pragma once

#include "seisaku/progress/v1/progress_service.pb.h"
#include "seisaku/progress/v1/resources.pb.h"
#include "services/progress/domain/view.h"

namespace seisaku::progress {

v1::Actual Render(const NameInPlan& kpi, const ActualAt& actual);
// The same in place, into an empty message.
void Render(const NameInPlan& kpi, const ActualAt& actual, v1::Actual& proto);
v1::OfficialAssessment Render(const NameInPlan& kpi, int reporting_year, const AssessmentAt& assessment);
v1::Narrative Render(const NameInPlan& kpi, int reporting_year, const NarrativeAt& narrative);
v1::Evaluation Render(const View& view, const KpiEvaluation& judged);
v1::SheetRow RenderRow(const View& view, const KpiEvaluation& judged);
v1::NodeSummary Render(const View& view, const NodeSummary& summary);

}  // namespace seisaku::progress
