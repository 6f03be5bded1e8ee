// The RPCs that read.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/progress/domain/render.h"
#include "services/progress/rpc/catalog_wait.h"
#include "services/progress/rpc/explain.h"
#include "services/progress/rpc/service.h"
#include "services/progress/rpc/texts.h"
#include "services/rpc/paging.h"

namespace seisaku::progress {
namespace {

absl::StatusOr<catalog::PlanAt> PlanOf(const View& view, const std::string& name) {
  ASSIGN_OR_RETURN(std::string id, catalog::ParsePlanName("parent", name));
  if (auto plan = view.catalog().FindPlan(id)) return *plan;
  return errors::NotFound(name);
}

}  // namespace

template <typename Request>
absl::StatusOr<ledger::Snapshot> ProgressRpc::Read(const rpc::CallContext& call, const Request& request) {
  RETURN_IF_ERROR(WaitForCatalog(ledger_, state_, request.min_catalog_position(), call));
  return rpc::ReadState(ledger_, request, call);
}

absl::StatusOr<v1::ListActualsResponse> ProgressRpc::ListActuals(const rpc::CallContext& call,
                                                                 const v1::ListActualsRequest& request) {
  if (request.reporting_year() != 0) {
    RETURN_IF_ERROR(CheckYear("reporting_year", request.reporting_year()));
  }
  ASSIGN_OR_RETURN(rpc::Page page, rpc::ToPage(request));
  RETURN_IF_ERROR(WaitForCatalog(ledger_, state_, request.min_catalog_position(), call));
  ASSIGN_OR_RETURN(ledger::Snapshot snapshot, rpc::ReadState(ledger_, request, call, page));
  View view(state_, snapshot.size());
  ASSIGN_OR_RETURN(catalog::KpiAt kpi, view.ResolveKpi("parent", request.parent()));
  std::vector<ActualAt> found = view.Actuals(kpi, request.reporting_year(), request.show_history());
  rpc::Slice slice = rpc::SliceOf(page, found.size(), snapshot.size());
  v1::ListActualsResponse response;
  for (size_t i = slice.begin; i < slice.end; ++i) *response.add_actuals() = Render(NameOf(kpi), found[i]);
  response.set_next_page_token(slice.next_page_token);
  response.set_position(snapshot.size());
  return response;
}

absl::StatusOr<v1::ListNarrativesResponse> ProgressRpc::ListNarratives(
    const rpc::CallContext& call, const v1::ListNarrativesRequest& request) {
  RETURN_IF_ERROR(CheckYear("reporting_year", request.reporting_year()));
  v1::ListNarrativesResponse response;
  TextSlots texts;
  {
    ASSIGN_OR_RETURN(ledger::Snapshot snapshot, Read(call, request));
    View view(state_, snapshot.size());
    ASSIGN_OR_RETURN(catalog::KpiAt kpi, view.ResolveKpi("parent", request.parent()));
    for (const NarrativeAt& narrative :
         view.Narratives(kpi, request.reporting_year(), request.show_retracted())) {
      v1::Narrative& proto = *response.add_narratives();
      proto = Render(NameOf(kpi), request.reporting_year(), narrative);
      if (!narrative.text) continue;
      texts.Add(narrative.position, *narrative.text, [&proto](std::optional<std::string> text) {
        proto.set_withdrawn(!text);
        proto.set_text(std::move(text).value_or(""));
      });
    }
    response.set_position(snapshot.size());
  }
  RETURN_IF_ERROR(texts.Fill(ledger_, call));
  return response;
}

absl::StatusOr<v1::GetEvaluationResponse> ProgressRpc::GetEvaluation(
    const rpc::CallContext& call, const v1::GetEvaluationRequest& request) {
  ASSIGN_OR_RETURN(EvaluationReference name, ParseEvaluationReference("name", request.name()));
  v1::GetEvaluationResponse response;
  TextSlots texts;
  std::vector<Input> inputs;
  {
    ASSIGN_OR_RETURN(ledger::Snapshot snapshot, Read(call, request));
    View view(state_, snapshot.size());
    ASSIGN_OR_RETURN(catalog::KpiAt kpi, view.ResolveKpi("name", name.kpi));
    KpiEvaluation judged = view.Evaluate(kpi, name.reporting_year);
    v1::Evaluation& evaluation = *response.mutable_evaluation();
    evaluation = Render(view, judged);
    if (judged.official) texts.AddDifferenceReason(*judged.official, evaluation.mutable_official());
    *response.mutable_kpi() = view.catalog().Render(kpi);
    if (request.explain()) inputs = InputsOf(view, judged);
    response.set_position(snapshot.size());
  }
  RETURN_IF_ERROR(texts.Fill(ledger_, call));
  ASSIGN_OR_RETURN(*response.mutable_provenance(), Explain(ledger_, inputs, call));
  return response;
}

absl::StatusOr<v1::GetProgressSheetResponse> ProgressRpc::GetProgressSheet(
    const rpc::CallContext& call, const v1::GetProgressSheetRequest& request) {
  RETURN_IF_ERROR(CheckYear("reporting_year", request.reporting_year()));
  ASSIGN_OR_RETURN(rpc::Page page, rpc::ToPage(request));
  RETURN_IF_ERROR(WaitForCatalog(ledger_, state_, request.min_catalog_position(), call));
  v1::GetProgressSheetResponse response;
  TextSlots texts;
  {
    ASSIGN_OR_RETURN(ledger::Snapshot snapshot, rpc::ReadState(ledger_, request, call, page));
    View view(state_, snapshot.size());
    ASSIGN_OR_RETURN(catalog::PlanAt plan, PlanOf(view, request.parent()));
    std::vector<catalog::KpiAt> kpis = view.SheetKpis(plan, request.reporting_year());
    rpc::Slice slice = rpc::SliceOf(page, kpis.size(), snapshot.size());
    std::set<const catalog::NodeSlot*> named;
    for (size_t i = slice.begin; i < slice.end; ++i) {
      KpiEvaluation judged = view.Evaluate(kpis[i], request.reporting_year());
      v1::SheetRow& row = *response.add_rows();
      row = RenderRow(view, judged);
      if (judged.official) {
        texts.AddDifferenceReason(*judged.official, row.mutable_evaluation()->mutable_official());
      }
      for (const catalog::NodeAt& node : view.catalog().Path(kpis[i])) {
        if (named.insert(node.slot).second) *response.add_nodes() = view.catalog().Render(node);
      }
    }
    response.set_next_page_token(slice.next_page_token);
    response.set_position(snapshot.size());
  }
  RETURN_IF_ERROR(texts.Fill(ledger_, call));
  if (request.has_as_of()) return response;
  // A remark: the sheet is right without it, and stays readable while storage is away.
  if (const auto import = imports_.UnderWay(request.parent(), response.position())) {
    v1::ImportUnderWay& under_way = *response.mutable_import_under_way();
    under_way.set_import_id(import->import_id);
    under_way.set_part(static_cast<uint32_t>(import->part));
    under_way.set_parts(static_cast<uint32_t>(import->parts));
  }
  return response;
}

absl::StatusOr<v1::GetSummaryResponse> ProgressRpc::GetSummary(const rpc::CallContext& call,
                                                               const v1::GetSummaryRequest& request) {
  RETURN_IF_ERROR(CheckYear("reporting_year", request.reporting_year()));
  ASSIGN_OR_RETURN(ledger::Snapshot snapshot, Read(call, request));
  View view(state_, snapshot.size());
  ASSIGN_OR_RETURN(catalog::PlanAt plan, PlanOf(view, request.parent()));
  if (request.level() >= plan.record->levels.size()) {
    return errors::InvalidField(
        "level", expected::BETWEEN,
        {{"min", 0}, {"max", plan.record->levels.size() - 1}, {"actual", request.level()}});
  }
  v1::GetSummaryResponse response;
  for (const NodeSummary& summary : view.Summarize(plan, request.reporting_year(), request.level())) {
    *response.add_nodes() = Render(view, summary);
  }
  response.set_position(snapshot.size());
  return response;
}

absl::StatusOr<v1::GetCatalogPositionResponse> ProgressRpc::GetCatalogPosition(
    const rpc::CallContext& call, const v1::GetCatalogPositionRequest& request) {
  v1::GetCatalogPositionResponse response;
  std::optional<Position> newest_copy;
  {
    ASSIGN_OR_RETURN(ledger::Snapshot snapshot, Read(call, request));
    response.set_position(snapshot.size());
    response.set_catalog_position(state_.CatalogSize(snapshot.size()));
    const auto* mark = state_.catalog_marks().RevisionAt(snapshot.size());
    if (mark != nullptr) newest_copy = mark->position;
  }
  if (!newest_copy) return response;
  ASSIGN_OR_RETURN(const log::v1::Entry entry, ledger_.ReadEntry(*newest_copy));
  v1::Event event;
  if (!event.ParseFromString(entry.payload())) {
    return errors::LogCorrupt(*newest_copy, "the entry cannot be read");
  }
  response.set_catalog_checkpoint(event.catalog_advanced().checkpoint());
  return response;
}

}  // namespace seisaku::progress
