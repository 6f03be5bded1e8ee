// The progress part of a sheet: actuals, narratives, official assessments.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "fmt/format.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/documents/search_key.h"
#include "tools/policyctl/import/sheet_import.h"
#include "tools/policyctl/import/unlikely_values.h"
#include "tools/policyctl/import/values.h"

namespace seisaku::policyctl::imports {
namespace {

using documents::KpiRow;
using progress::v1::Actual;
using progress::v1::NarrativeKind;
using progress::v1::OfficialAssessment;

// The same but for how it is printed. Who recorded that words meet the target knows more than the importer,
// which proposes it only for the same words.
bool SameFigure(const Actual& existing, const Actual& wanted) {
  return SameValue(existing.value(), wanted.value(), wanted.reporting_year()) &&
         existing.provisional() == wanted.provisional() &&
         // Words of the time when the KPI was qualitative judge nothing any more.
         (existing.by_words() || !wanted.by_words()) &&
         (existing.qualitative_met() || !wanted.qualitative_met());
}

bool SameAssessment(const OfficialAssessment& a, const OfficialAssessment& b) {
  return a.judgement() == b.judgement() && std::set<int>(a.causes().begin(), a.causes().end()) ==
                                               std::set<int>(b.causes().begin(), b.causes().end());
}

std::string Declared(const OfficialAssessment& assessment) {
  if (!assessment.printed().empty()) return assessment.printed();
  return documents::InBothLanguages(OfficialText(Language::kJapanese, assessment),
                                    OfficialText(Language::kEnglish, assessment));
}

// KPI, year, component.
using ActualKey = std::tuple<std::string, int, std::string>;

class ProgressPart {
 public:
  ProgressPart(const SheetInput& input, ImportDraft& draft) : input_(input), draft_(draft), unlikely_(input) {
    for (const Actual& actual : input.figures.actuals) {
      const std::tuple key(actual.kpi(), actual.reporting_year(), actual.component());
      const auto replace_older = [&](std::map<ActualKey, const Actual*>& newest) {
        const Actual*& last = newest[key];
        if (last == nullptr || last->position() < actual.position()) last = &actual;
      };
      replace_older(actuals_);
      if (!actual.retracted()) replace_older(figures_);
    }
    for (const auto& narrative : input.figures.narratives) {
      narratives_[{narrative.kpi(), narrative.kind()}] = &narrative;
    }
    for (const auto& assessment : input.figures.assessments) assessments_[assessment.kpi()] = &assessment;
  }

  void Plan(const PlannedRow& planned) {
    const KpiRow& row = *planned.row;
    item_ = NamesOf(planned.kpi, row.name);
    for (const documents::YearFigures& year : row.years) {
      if (year.actual) PlanActuals(year, planned);
    }
    PlanNarrative(planned.kpi, progress::v1::NARRATIVE_KIND_IMPLEMENTATION_STATUS, row.implementation_status);
    PlanNarrative(planned.kpi, progress::v1::NARRATIVE_KIND_REASON_FOR_DELAY, row.reason_for_delay);
    PlanNarrative(planned.kpi, progress::v1::NARRATIVE_KIND_ISSUES, row.issues);
    PlanNarrative(planned.kpi, progress::v1::NARRATIVE_KIND_NEXT_STEPS, row.next_steps);
    PlanAssessment(row, planned.kpi);
  }

 private:
  // That the texts and the assessments are about.
  int year() const { return input_.sheet.fiscal_year; }

  const Actual* FindActual(const std::string& kpi, int year, const std::string& component) const {
    const auto found = actuals_.find({kpi, year, component});
    return found == actuals_.end() ? nullptr : found->second;
  }

  void PlanActuals(const documents::YearFigures& figures, const PlannedRow& planned) {
    const catalog::v1::Kpi& kpi = planned.kpi;
    const documents::SourceCell& cell = figures.actual->source;
    const std::vector<type::v1::ComponentValue> values = ToValues(*figures.actual, figures.year);
    const bool by_words = values.size() == 1 && IsByWords(kpi, figures.year, values[0].value());
    if (const std::optional<std::string> why = WhyUnfit(kpi, values, /*whole=*/false); why && !by_words) {
      return draft_.Note(import_code::kValueLeftOut, cell, *why);
    }
    if (!values.empty() && figures.year != year() && planned.end != 0 && planned.end <= figures.year) {
      return draft_.Note(import_code::kAfterTheEnd, cell, std::string(IdOf(kpi.name())));
    }
    CheckLengths(*figures.actual, draft_);
    std::set<std::string> printed;
    std::vector<type::v1::ComponentValue> others;  // than what is recorded
    for (const type::v1::ComponentValue& value : values) {
      printed.insert(value.component());
      const Actual* existing = FindActual(kpi.name(), figures.year, value.component());
      const bool is_there =
          existing != nullptr && !existing->retracted() && SameFigure(*existing, Wanted(figures, kpi, value));
      if (!is_there) others.push_back(value);
    }
    if (!unlikely_.LeavesOut(UnlikelyValues::Kind::kActual, kpi, figures.year, others, cell, draft_)) {
      for (const type::v1::ComponentValue& value : others) PlanActual(figures, kpi, value);
    }
    NoteKept(figures, kpi, printed);
  }

  static Actual Wanted(const documents::YearFigures& figures, const catalog::v1::Kpi& kpi,
                       const type::v1::ComponentValue& value) {
    Actual wanted;
    wanted.set_kpi(kpi.name());
    wanted.set_reporting_year(figures.year);
    wanted.set_component(value.component());
    *wanted.mutable_value() = value.value();
    wanted.set_provisional(figures.actual->provisional);
    wanted.set_by_words(IsByWords(kpi, figures.year, value.value()));
    const bool is_by_words = wanted.by_words() || kpi.direction() == type::v1::DIRECTION_QUALITATIVE;
    wanted.set_qualitative_met(figures.met_proposed && is_by_words);
    return wanted;
  }

  // A figure that is not recorded like that.
  void PlanActual(const documents::YearFigures& figures, const catalog::v1::Kpi& kpi,
                  const type::v1::ComponentValue& value) {
    Actual wanted = Wanted(figures, kpi, value);
    const documents::SourceCell& cell = figures.actual->source;
    const Actual* existing = FindActual(kpi.name(), figures.year, value.component());
    if (existing == nullptr) {
      *draft_.AddProgress(cell).mutable_record_actual() = std::move(wanted);
      return;
    }
    if (!draft_.MayOverwrite(cell, Recorded(*existing), item_)) return;
    // That the same words meet the target, somebody may have said.
    if (wanted.by_words() && !existing->by_words() && !existing->retracted() &&
        SameValue(existing->value(), wanted.value(), wanted.reporting_year())) {
      wanted.set_qualitative_met(existing->qualitative_met() || wanted.qualitative_met());
    }
    progress::v1::Change& change = draft_.AddProgress(cell);
    change.set_reason(draft_.overwrite_reason());
    if (existing->retracted()) {
      *change.mutable_record_actual() = std::move(wanted);
      return;
    }
    *change.mutable_correct_actual()->mutable_actual() = std::move(wanted);
    change.mutable_correct_actual()->set_etag(fmt::format("{}", existing->position()));
  }

  // The figure in force, or the one that was taken back.
  std::string Recorded(const Actual& existing) const {
    if (!existing.retracted()) return TextOf(existing.value());
    const auto figure = figures_.find({existing.kpi(), existing.reporting_year(), existing.component()});
    const std::string text = figure == figures_.end() ? "" : TextOf(figure->second->value());
    return documents::InBothLanguages(text + "（取消し済み）", text + " (retracted)");
  }

  void NoteKept(const documents::YearFigures& figures, const catalog::v1::Kpi& kpi,
                const std::set<std::string>& printed) {
    for (auto at = actuals_.lower_bound({kpi.name(), figures.year, ""}); at != actuals_.end(); ++at) {
      const auto& [key, actual] = *at;
      const auto& [name, year, component] = key;
      if (name != kpi.name() || year != figures.year) break;
      if (actual->retracted() || printed.contains(component)) continue;
      draft_.Note(import_code::kFigureKept, figures.actual->source, TextOf(actual->value()));
    }
  }

  void PlanNarrative(const catalog::v1::Kpi& kpi, NarrativeKind kind, const documents::Narrative& narrative) {
    if (narrative.text.empty()) return;
    draft_.CheckLength(narrative.source, narrative.text, kMaxNarrativeBytes);
    const auto existing = narratives_.find({kpi.name(), kind});
    std::string reason;
    if (existing != narratives_.end()) {
      const progress::v1::Narrative& recorded = *existing->second;
      // Withdrawn, perhaps because of what it says about somebody: no import brings it back.
      if (recorded.withdrawn()) {
        return draft_.LeaveAlone(narrative.source, "", import_code::kWithdrawnKept);
      }
      if (!recorded.retracted() && recorded.text() == narrative.text) return;
      // Another spelling of the same words is no other text, unless somebody asks for this KPI's.
      const bool is_spelling = !recorded.retracted() &&
                               documents::SearchKey(recorded.text()) == documents::SearchKey(narrative.text);
      if (is_spelling && !draft_.overwrite().Names(item_)) {
        return draft_.NoteSpelling(narrative.source, recorded.text());
      }
      const std::string text = recorded.retracted()
                                   ? documents::InBothLanguages("（取消し済み）", "(retracted)")
                                   : recorded.text();
      if (!draft_.MayOverwrite(narrative.source, text, item_)) return;
      reason = draft_.overwrite_reason();
    }
    progress::v1::Change& change = draft_.AddProgress(narrative.source, Printed::kLeftOut);
    change.set_reason(reason);
    change.mutable_record_narrative()->set_kpi(kpi.name());
    change.mutable_record_narrative()->set_reporting_year(year());
    change.mutable_record_narrative()->set_kind(kind);
    change.mutable_record_narrative()->set_text(narrative.text);
  }

  void PlanAssessment(const KpiRow& row, const catalog::v1::Kpi& kpi) {
    OfficialAssessment wanted;
    wanted.set_kpi(kpi.name());
    wanted.set_reporting_year(year());
    wanted.set_judgement(ToProto(row.judgement));
    for (const documents::Cause cause : row.causes) wanted.add_causes(ToProto(cause));
    wanted.set_printed(row.judgement_source.printed);
    draft_.CheckLength(row.judgement_source, wanted.printed(), kMaxCellBytes);

    const auto existing = assessments_.find(kpi.name());
    std::string reason;
    if (existing != assessments_.end()) {
      if (SameAssessment(*existing->second, wanted)) return;
      // One that no sheet printed was declared by hand: whoever replaces it names its KPI.
      const bool by_hand = existing->second->printed().empty();
      if (by_hand && !draft_.overwrite().Names(item_))
        return draft_.LeaveAlone(row.judgement_source, Declared(*existing->second));
      if (!draft_.MayOverwrite(row.judgement_source, Declared(*existing->second), item_)) return;
      reason = draft_.overwrite_reason();
    }
    progress::v1::Change& change = draft_.AddProgress(row.judgement_source);
    change.set_reason(reason);
    *change.mutable_record_assessment() = std::move(wanted);
  }

  const SheetInput& input_;
  ImportDraft& draft_;
  const UnlikelyValues unlikely_;
  ItemNames item_;                              // whose row is planned
  std::map<ActualKey, const Actual*> actuals_;  // the last revision of each
  std::map<ActualKey, const Actual*> figures_;  // the last that takes nothing back
  std::map<std::pair<std::string, NarrativeKind>, const progress::v1::Narrative*> narratives_;
  std::map<std::string, const OfficialAssessment*> assessments_;
};

}  // namespace

void PlanProgressPart(const SheetInput& input, const std::vector<PlannedRow>& rows, ImportDraft& draft) {
  ProgressPart part(input, draft);
  for (const PlannedRow& row : rows) part.Plan(row);
}

}  // namespace seisaku::policyctl::imports
