// VisitRecords: the state as a list of records, for digests.
#include <array>

#include "seisaku/progress/v1/progress_service.pb.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/progress/domain/names.h"
#include "services/progress/domain/state.h"

namespace seisaku::progress {
namespace {

using Visit = StateMachine::Visit;
using Pause = StateMachine::Pause;

// In the order of their names.
constexpr std::array kKindsByName = {v1::NARRATIVE_KIND_IMPLEMENTATION_STATUS, v1::NARRATIVE_KIND_ISSUES,
                                     v1::NARRATIVE_KIND_NEXT_STEPS, v1::NARRATIVE_KIND_REASON_FOR_DELAY};

// Every revision below `size`; `content_of` makes a revision's message. False: `pause` wants no more. After a
// pause the revisions may lie elsewhere in memory.
template <typename T, typename ContentOf>
bool VisitRevisions(
    const std::string& resource, const Revisions<T>& revisions, Position size, Visit visit,
    ContentOf content_of, Pause pause = [] { return true; }) {
  for (size_t i = 0; i < revisions.all().size() && revisions.all()[i].position < size; ++i) {
    const auto& revision = revisions.all()[i];
    std::string content = content_of(revision.value).SerializeAsString();
    visit({resource, static_cast<uint32_t>(i + 1), revision.position, content});
    if (!pause()) return false;
  }
  return true;
}

// Its one resource gets a revision with every batch that is copied.
bool VisitCatalog(const State& state, Position size, Visit visit, Pause pause) {
  auto visit_mark = [visit](StateMachine::Record record) {
    record.about_other_log = true;
    visit(record);
  };
  auto content_of = [&state](const CatalogMark& mark) {
    v1::GetCatalogPositionResponse content;
    content.set_catalog_position(mark.size);
    content.set_catalog_checkpoint(
        ledger::Format(ledger::Checkpoint{state.catalog_origin(), mark.size, mark.root}));
    return content;
  };
  return VisitRevisions(std::string(kCatalogResource), state.catalog_marks(), size, visit_mark, content_of,
                        pause);
}

void VisitKpi(const KpiSlot& kpi, Position size, Visit visit) {
  for (const auto& [key, revisions] : kpi.actuals) {
    const auto& [year, component] = key;
    VisitRevisions(ActualName(kpi.name, year, component), revisions, size, visit,
                   [&, year = year, &component = component](const ActualRecord& record) {
                     return ToProto(kpi.name, year, component, record);
                   });
  }
  for (const auto& [year, revisions] : kpi.assessments) {
    VisitRevisions(
        AssessmentName(kpi.name, year), revisions, size, visit,
        [&, year = year](const AssessmentRecord& record) { return ToProto(kpi.name, year, record); });
  }
  // The map is by year and number of the kind, the names by year and word.
  for (auto cell = kpi.narratives.begin(); cell != kpi.narratives.end();) {
    int year = cell->first.first;
    for (v1::NarrativeKind kind : kKindsByName) {
      auto found = kpi.narratives.find({year, kind});
      if (found == kpi.narratives.end()) continue;
      VisitRevisions(NarrativeName(kpi.name, year, kind), found->second, size, visit,
                     [&](const NarrativeRecord& record) { return ToProto(kpi.name, year, kind, record); });
    }
    cell = kpi.narratives.lower_bound({year + 1, v1::NARRATIVE_KIND_UNSPECIFIED});
  }
}

}  // namespace

void VisitRecords(const State& state, Position size, Visit visit, Pause pause) {
  if (!VisitCatalog(state, size, visit, pause)) return;
  for (auto next = state.kpis().begin(); next != state.kpis().end();) {
    const std::string key = next->first;
    VisitKpi(next->second, size, visit);
    if (!pause()) return;
    next = state.kpis().upper_bound(key);  // an iterator to a tentative KPI does not outlive a pause
  }
}

}  // namespace seisaku::progress
