#include "services/progress/rpc/describe.h"

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/progress/domain/names.h"

namespace seisaku::progress {
namespace {

std::string_view JudgementName(Judgement judgement) {
  switch (judgement) {
    case type::v1::JUDGEMENT_ON_TRACK:
      return "順調に進捗";
    case type::v1::JUDGEMENT_MOSTLY_ON_TRACK:
      return "概ね順調に進捗";
    case type::v1::JUDGEMENT_DELAYED:
      return "進捗の遅れ";
    case type::v1::JUDGEMENT_NOT_EVALUABLE:
      return "評価不可";
    default:
      return "";
  }
}

std::string_view CauseName(type::v1::Cause cause) {
  switch (cause) {
    case type::v1::CAUSE_COVID19:
      return "コロナ";
    case type::v1::CAUSE_SOURCE_ABOLISHED:
      return "出典の廃止";
    case type::v1::CAUSE_FIGURE_PENDING:
      return "算出待ち";
    case type::v1::CAUSE_OTHER:
      return "その他";
    default:
      return "";
  }
}

template <typename Found>
std::string TextOf(const Found& found) {
  return found ? Describe(*found->record) : std::string();
}

// Fills in what `resource` was before the entry at `position` and after it.
absl::Status Compare(const State& state, Position position, std::string_view resource, Described& described) {
  const View before(state, position);
  const View after(state, position + 1);
  v1::ChangeResult& result = described.result;
  if (resource == kCatalogResource) {
    result.set_name(std::string(resource));
    result.set_before(fmt::to_string(before.catalog().size()));
    result.set_after(fmt::to_string(after.catalog().size()));
    return absl::OkStatus();
  }
  const auto record = ParseRecordName(resource);
  const auto kpi = record ? after.catalog().FindKpi(record->kpi) : std::nullopt;
  if (!kpi) return errors::LogCorrupt(position, "its KPI is unknown");
  result.set_name(std::string(record->kpi));
  const int year = record->reporting_year;
  if (record->collection == kActuals) {
    result.set_before(TextOf(before.Actual(*kpi, year, record->last)));
    result.set_after(TextOf(after.Actual(*kpi, year, record->last)));
  } else if (record->collection == kAssessments) {
    result.set_before(TextOf(before.Assessment(*kpi, year)));
    result.set_after(TextOf(after.Assessment(*kpi, year)));
  } else {
    described.previous_text = before.Narrative(*kpi, year, NarrativeKindOf(record->last));
  }
  return absl::OkStatus();
}

}  // namespace

std::string Describe(const ActualRecord& actual) {
  if (actual.retracted) return "";
  std::string text = Describe(actual.value);
  if (actual.by_words) text += actual.qualitative_met ? " (達成)" : " (未達成)";
  if (actual.provisional) text += " (暫定値)";
  return text;
}

std::string Describe(const AssessmentRecord& assessment) {
  if (!assessment.printed.empty()) return assessment.printed;
  std::string causes;
  for (type::v1::Cause cause : assessment.causes) {
    causes += (causes.empty() ? "" : "、");
    causes += CauseName(cause);
  }
  if (causes.empty()) return std::string(JudgementName(assessment.judgement));
  return fmt::format("{}({})", JudgementName(assessment.judgement), causes);
}

absl::StatusOr<Described> DescribeEntry(const State& state, Position position, const log::v1::Entry& entry) {
  Described described;
  if (!described.event.ParseFromString(entry.payload())) {
    return errors::LogCorrupt(position, "its payload is not an Event");
  }
  size_t slash = entry.type().find('/');
  described.result.set_action(entry.type().substr(slash == std::string::npos ? 0 : slash + 1));
  RETURN_IF_ERROR(Compare(state, position, entry.resource(), described));
  return described;
}

}  // namespace seisaku::progress
