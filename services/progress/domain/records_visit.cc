// VisitRecords: the state as a list of records, for digests.
#include <array>

#include "seisaku/progress/v1/progress_service.pb.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/progress/domain/names.h"
#include "services/progress/domain/state.h"

namespace seisaku::progress {
namespace {

using Visit = absl::FunctionRef<void(const StateMachine::Record&)>;

// In the order of their names.
constexpr std::array kKindsByName = {v1::NARRATIVE_KIND_IMPLEMENTATION_STATUS, v1::NARRATIVE_KIND_ISSUES,
                                     v1::NARRATIVE_KIND_NEXT_STEPS, v1::NARRATIVE_KIND_REASON_FOR_DELAY};

// Every revision below `size`; `content_of` makes a revision's message.
template <typename T, typename ContentOf>
void VisitRevisions(const std::string& resource, const Revisions<T>& revisions, Position size, Visit visit,
                    ContentOf content_of) {
  uint32_t number = 0;
  for (const auto& revision : revisions.all()) {
    if (revision.position >= size) return;
    std::string content = content_of(revision.value).SerializeAsString();
    visit({resource, ++number, revision.position, content});
  }
}

void VisitCatalog(const State& state, Position size, Visit visit) {
  auto visit_mark = [visit](StateMachine::Record record) {
    record.about_other_log = true;
    visit(record);
  };
  VisitRevisions(std::string(kCatalogResource), state.catalog_marks(), size, visit_mark,
                 [&state](const CatalogMark& mark) {
                   v1::GetCatalogPositionResponse content;
                   content.set_catalog_position(mark.size);
                   content.set_catalog_checkpoint(
                       ledger::Format(ledger::Checkpoint{state.catalog_origin(), mark.size, mark.root}));
                   return content;
                 });
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

void VisitRecords(const State& state, Position size, Visit visit) {
  VisitCatalog(state, size, visit);
  for (const auto& [key, kpi] : state.kpis()) VisitKpi(kpi, size, visit);
}

}  // namespace seisaku::progress
