#include "services/progress/rpc/texts.h"

#include <map>
#include <optional>

#include "services/base/status.h"

namespace seisaku::progress {
namespace {

// The words of a change, if it has any, and what they are about.
struct Words {
  std::string resource;
  std::string text;
};

const v1::Change& ChangeOf(const google::protobuf::Message& step) {
  return static_cast<const v1::Change&>(step);
}

std::optional<Words> WordsOf(const v1::Change& change) {
  if (change.has_record_narrative()) {
    const v1::Narrative& narrative = change.record_narrative();
    auto kpi = catalog::ParseKpiName("kpi", narrative.kpi());
    if (!kpi.ok()) return std::nullopt;  // Decide says what is wrong with it
    return Words{NarrativeName(*kpi, narrative.reporting_year(), narrative.kind()), narrative.text()};
  }
  if (change.has_record_assessment()) {
    const v1::OfficialAssessment& assessment = change.record_assessment();
    auto kpi = catalog::ParseKpiName("kpi", assessment.kpi());
    if (!kpi.ok()) return std::nullopt;
    return Words{AssessmentName(*kpi, assessment.reporting_year()), assessment.difference_reason()};
  }
  return std::nullopt;
}

std::optional<ledger::LogReader::TextKey> PlaceOfDeclared(const View& view,
                                                          const v1::OfficialAssessment& assessment) {
  auto kpi = view.catalog().FindKpi(assessment.kpi());
  auto present = kpi ? view.Assessment(*kpi, assessment.reporting_year()) : std::nullopt;
  if (!present || !present->record->difference_reason) return std::nullopt;
  AssessmentRecord wanted{
      assessment.judgement(), {}, assessment.printed(), present->record->difference_reason};
  for (int cause : assessment.causes()) wanted.causes.push_back(static_cast<type::v1::Cause>(cause));
  if (!Identical(*present->record, wanted)) return std::nullopt;
  return ledger::LogReader::TextKey{present->position, *present->record->difference_reason};
}

// Where the present text is: the change would change nothing where it is the same.
std::optional<ledger::LogReader::TextKey> PlaceOf(const View& view, const v1::Change& change) {
  if (change.has_record_assessment()) return PlaceOfDeclared(view, change.record_assessment());
  const v1::Narrative& narrative = change.record_narrative();
  auto kpi = view.catalog().FindKpi(narrative.kpi());
  auto present = kpi ? view.Narrative(*kpi, narrative.reporting_year(), narrative.kind()) : std::nullopt;
  if (!present) return std::nullopt;
  return ledger::LogReader::TextKey{present->position, *present->text};
}

}  // namespace

void TextSlots::Add(Position position, uint32_t text, Slot slot) {
  keys_.push_back({position, text});
  slots_.push_back(std::move(slot));
}

void TextSlots::AddDifferenceReason(const AssessmentAt& assessment, v1::OfficialAssessment* proto) {
  if (!assessment.record->difference_reason) return;
  Add(assessment.position, *assessment.record->difference_reason, [proto](std::optional<std::string> text) {
    proto->set_difference_reason_withdrawn(!text);
    proto->set_difference_reason(std::move(text).value_or(""));
  });
}

absl::Status TextSlots::Fill(ledger::LogReader& ledger, const rpc::CallContext& call) const {
  if (keys_.empty()) return absl::OkStatus();
  if (!call.may_wait) return rpc::WouldWait();
  ASSIGN_OR_RETURN(auto texts, ledger.ReadTexts(keys_));
  for (size_t i = 0; i < texts.size(); ++i) {
    slots_[i](std::move(texts[i]));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<size_t>> SaidAgain(ledger::LogReader& ledger, const State& state,
                                              const rpc::Steps& changes, const rpc::CallContext& call) {
  std::vector<size_t> said_again;
  std::map<std::string, int> times;
  for (const auto& change : changes) {
    if (auto words = WordsOf(ChangeOf(*change))) ++times[words->resource];
  }
  if (times.empty()) return said_again;
  std::vector<size_t> candidates;
  std::vector<ledger::LogReader::TextKey> keys;
  {
    ASSIGN_OR_RETURN(ledger::Snapshot snapshot, ledger.Read({}));
    View view(state, snapshot.size());
    for (size_t i = 0; i < changes.size(); ++i) {
      const v1::Change& change = ChangeOf(*changes[i]);
      auto words = WordsOf(change);
      // Only the first of several about the same words can be unchanged; Decide handles the others.
      if (!words || words->text.empty() || times[words->resource] > 1) continue;
      auto place = PlaceOf(view, change);
      if (!place) continue;
      candidates.push_back(i);
      keys.push_back(*place);
    }
  }
  if (keys.empty()) return said_again;
  if (!call.may_wait) return rpc::WouldWait();
  ASSIGN_OR_RETURN(auto texts, ledger.ReadTexts(keys));
  for (size_t i = 0; i < texts.size(); ++i) {
    if (texts[i] == WordsOf(ChangeOf(*changes[candidates[i]]))->text) said_again.push_back(candidates[i]);
  }
  return said_again;
}

}  // namespace seisaku::progress
