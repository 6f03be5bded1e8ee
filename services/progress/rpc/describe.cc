#include "services/progress/rpc/describe.h"

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"

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

// Before and after of what the event is about.
class Description {
 public:
  Description(const State& state, Position position, Described& described)
      : before_(state, position), after_(state, position + 1), described_(described) {}

  absl::Status Run() {
    const v1::Event& event = described_.event;
    switch (event.event_case()) {
      case v1::Event::kActualRecorded:
        return Figure(event.actual_recorded());
      case v1::Event::kActualCorrected:
        return Figure(event.actual_corrected());
      case v1::Event::kActualRetracted:
        return Figure(event.actual_retracted());
      case v1::Event::kNarrativeRecorded:
        return Words(event.narrative_recorded());
      case v1::Event::kAssessmentRecorded:
        return Declaration(event.assessment_recorded());
      case v1::Event::kCatalogAdvanced:
        described_.result.set_name(std::string(kCatalogResource));
        described_.result.set_before(fmt::to_string(before_.catalog().size()));
        described_.result.set_after(fmt::to_string(after_.catalog().size()));
        return absl::OkStatus();
      case v1::Event::EVENT_NOT_SET:
        break;
    }
    return errors::LogCorrupt(before_.size(), "it says nothing");
  }

 private:
  template <typename Proto>
  absl::StatusOr<catalog::KpiAt> Kpi(const Proto& proto) {
    described_.result.set_name(proto.kpi());
    auto kpi = after_.catalog().FindKpi(proto.kpi());
    if (!kpi) return errors::LogCorrupt(before_.size(), "its KPI is unknown");
    return *kpi;
  }

  template <typename Proto>
  absl::Status Figure(const Proto& proto) {
    ASSIGN_OR_RETURN(catalog::KpiAt kpi, Kpi(proto));
    auto text = [&](const View& view) {
      auto actual = view.Actual(kpi, proto.reporting_year(), proto.component());
      return actual ? Describe(*actual->record) : std::string();
    };
    described_.result.set_before(text(before_));
    described_.result.set_after(text(after_));
    return absl::OkStatus();
  }

  absl::Status Declaration(const v1::AssessmentRecorded& proto) {
    ASSIGN_OR_RETURN(catalog::KpiAt kpi, Kpi(proto));
    auto text = [&](const View& view) {
      auto assessment = view.Assessment(kpi, proto.reporting_year());
      return assessment ? Describe(*assessment->record) : std::string();
    };
    described_.result.set_before(text(before_));
    described_.result.set_after(text(after_));
    return absl::OkStatus();
  }

  absl::Status Words(const v1::NarrativeRecorded& proto) {
    ASSIGN_OR_RETURN(catalog::KpiAt kpi, Kpi(proto));
    described_.previous_text = before_.Narrative(kpi, proto.reporting_year(), proto.kind());
    return absl::OkStatus();
  }

  View before_;
  View after_;
  Described& described_;
};

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
  RETURN_IF_ERROR(Description(state, position, described).Run());
  return described;
}

}  // namespace seisaku::progress
