// Narratives: what a KPI's department says of a reporting year, by kinds of words. The words themselves are
// beside the log; the state knows where.
#include <array>

#include "services/base/status.h"
#include "services/domain/words.h"
#include "services/progress/domain/decision.h"
#include "services/progress/domain/errors.h"
#include "services/progress/domain/evolution.h"
#include "services/progress/domain/names.h"
#include "services/progress/domain/record_walk.h"
#include "services/progress/domain/records.h"
#include "services/progress/domain/render.h"
#include "services/progress/domain/verb.h"
#include "services/progress/domain/view.h"

namespace seisaku::progress {

// Records.

NarrativeRecord FromProto(const v1::NarrativeRecorded& proto) {
  return {proto.has_text() ? std::optional(proto.text().index()) : std::nullopt};
}

v1::NarrativeRecorded ToProto(const NameInPlan& kpi, int reporting_year, v1::NarrativeKind kind,
                              const NarrativeRecord& record) {
  v1::NarrativeRecorded proto;
  proto.set_kpi(catalog::KpiName(kpi.plan, kpi.id));
  proto.set_reporting_year(reporting_year);
  proto.set_kind(kind);
  if (record.text) proto.mutable_text()->set_index(*record.text);
  return proto;
}

// Checks.

namespace {

absl::Status CheckKind(v1::NarrativeKind kind) {
  if (kind == v1::NARRATIVE_KIND_UNSPECIFIED) return errors::RequiredField("narrative.kind");
  if (v1::NarrativeKind_IsValid(kind)) return absl::OkStatus();
  return errors::InvalidField(
      "narrative.kind", expected::ENUM_VALUE,
      {{"enum", v1::NarrativeKind_descriptor()->full_name()}, {"actual", static_cast<int>(kind)}});
}

// Decisions.

Decided<v1::NarrativeRecorded> RecordNarrative(const Deciding& in, const v1::Narrative& narrative) {
  ASSIGN_OR_RETURN(catalog::KpiAt kpi, RequireKpi(in, narrative.kpi(), narrative.reporting_year()));
  RETURN_IF_ERROR(CheckKind(narrative.kind()));
  RETURN_IF_ERROR(CheckText("narrative.text", narrative.text(), kMaxTextBytes));
  const bool there = in.view.Narrative(kpi, narrative.reporting_year(), narrative.kind()).has_value();
  if (narrative.text().empty() && !there) return std::nullopt;

  NarrativeRecord record;
  std::vector<std::string> texts;
  if (!narrative.text().empty()) {
    record.text = 0;
    texts.push_back(narrative.text());
  }
  return WithTexts(ToProto(NameOf(kpi), narrative.reporting_year(), narrative.kind(), record),
                   std::move(texts));
}

// Fold.

absl::Status NarrativeRecorded(Evolution& state, const v1::NarrativeRecorded& proto) {
  RETURN_IF_ERROR(state.FindKpi(proto.kpi(), proto.reporting_year()));
  if (!v1::NarrativeKind_IsValid(proto.kind()) || proto.kind() == 0) {
    return CannotBe("a kind of words that this build does not know");
  }
  state.Set(state.SlotToChange().narratives[{proto.reporting_year(), proto.kind()}], FromProto(proto));
  return absl::OkStatus();
}

}  // namespace

// What is shown.

std::optional<NarrativeAt> View::LastNarrative(const catalog::KpiAt& kpi, int reporting_year,
                                               v1::NarrativeKind kind) const {
  const KpiSlot* slot = state_->Find(kpi);
  if (slot == nullptr) return std::nullopt;
  auto narrative = slot->narratives.find({reporting_year, kind});
  if (narrative == slot->narratives.end()) return std::nullopt;
  const auto* revision = narrative->second.RevisionAt(size_);
  if (revision == nullptr) return std::nullopt;
  return NarrativeAt{kind, revision->position, revision->value.text};
}

std::optional<NarrativeAt> View::Narrative(const catalog::KpiAt& kpi, int reporting_year,
                                           v1::NarrativeKind kind) const {
  auto last = LastNarrative(kpi, reporting_year, kind);
  if (last && !last->text) return std::nullopt;
  return last;
}

std::vector<NarrativeAt> View::Narratives(const catalog::KpiAt& kpi, int reporting_year,
                                          bool retracted_too) const {
  std::vector<NarrativeAt> found;
  for (int kind = v1::NarrativeKind_MIN + 1; kind <= v1::NarrativeKind_MAX; ++kind) {
    auto last = LastNarrative(kpi, reporting_year, static_cast<v1::NarrativeKind>(kind));
    if (last && (last->text || retracted_too)) found.push_back(*last);
  }
  return found;
}

v1::Narrative Render(const NameInPlan& kpi, int reporting_year, const NarrativeAt& narrative) {
  v1::Narrative proto;
  proto.set_kpi(catalog::KpiName(kpi.plan, kpi.id));
  proto.set_reporting_year(reporting_year);
  proto.set_kind(narrative.kind);
  proto.set_retracted(!narrative.text);
  return proto;
}

// The digest.

void VisitNarratives(const KpiSlot& kpi, Position size, StateMachine::Visit visit) {
  // In the order of their names.
  constexpr std::array kKindsByName = {v1::NARRATIVE_KIND_IMPLEMENTATION_STATUS, v1::NARRATIVE_KIND_ISSUES,
                                       v1::NARRATIVE_KIND_NEXT_STEPS, v1::NARRATIVE_KIND_REASON_FOR_DELAY};
  const std::string kpi_name = catalog::KpiName(kpi.name.plan, kpi.name.id);
  // The map is by year and number of the kind, the names by year and word.
  for (auto next = kpi.narratives.begin(); next != kpi.narratives.end();) {
    const int year = next->first.first;
    for (v1::NarrativeKind kind : kKindsByName) {
      auto found = kpi.narratives.find({year, kind});
      if (found == kpi.narratives.end()) continue;
      VisitRevisions(NarrativeName(kpi_name, year, kind), found->second, size, visit,
                     [&](const NarrativeRecord& record) { return ToProto(kpi.name, year, kind, record); });
    }
    next = kpi.narratives.lower_bound({year + 1, v1::NARRATIVE_KIND_UNSPECIFIED});
  }
}

// Verbs.

namespace {

std::string ResourceOf(const v1::NarrativeRecorded& proto) {
  return NarrativeName(proto.kpi(), proto.reporting_year(), proto.kind());
}

}  // namespace

absl::Span<const VerbRow> NarrativeVerbs() {
  static constexpr VerbRow kRows[] = {
      Row<RecordNarrative, NarrativeRecorded, ResourceOf>(v1::Change::kRecordNarrative,
                                                          v1::Event::kNarrativeRecorded, "narrative.kpi",
                                                          Makers::kPlannersAndReporters),
  };
  return kRows;
}

}  // namespace seisaku::progress
