#include "tools/policyctl/display.h"

#include "absl/time/time.h"
#include "fmt/format.h"
#include "services/base/decimal.h"
#include "services/base/period.h"
#include "services/base/quantity.h"

namespace seisaku::policyctl {
namespace {

std::string Plain(Language language, const Text& text) { return std::string(In(language, text)); }

}  // namespace

std::string JudgementText(Language language, type::v1::Judgement judgement) {
  switch (judgement) {
    case type::v1::JUDGEMENT_ON_TRACK:
      return Plain(language, text::kOnTrack);
    case type::v1::JUDGEMENT_MOSTLY_ON_TRACK:
      return Plain(language, text::kMostlyOnTrack);
    case type::v1::JUDGEMENT_DELAYED:
      return Plain(language, text::kDelayed);
    case type::v1::JUDGEMENT_NOT_EVALUABLE:
      return Plain(language, text::kNotEvaluable);
    default:
      return "";
  }
}

std::string CauseText(Language language, type::v1::Cause cause) {
  switch (cause) {
    case type::v1::CAUSE_COVID19:
      return Plain(language, text::kCovid19);
    case type::v1::CAUSE_SOURCE_ABOLISHED:
      return Plain(language, text::kSourceAbolished);
    case type::v1::CAUSE_FIGURE_PENDING:
      return Plain(language, text::kFigurePending);
    case type::v1::CAUSE_OTHER:
      return Plain(language, text::kOtherCause);
    default:
      return "";
  }
}

std::string DirectionText(Language language, type::v1::Direction direction) {
  switch (direction) {
    case type::v1::DIRECTION_INCREASE:
      return Plain(language, text::kIncrease);
    case type::v1::DIRECTION_DECREASE:
      return Plain(language, text::kDecrease);
    case type::v1::DIRECTION_KEEP_WITHIN:
      return Plain(language, text::kKeepWithin);
    case type::v1::DIRECTION_QUALITATIVE:
      return Plain(language, text::kQualitative);
    default:
      return "";
  }
}

std::string DirectionText(Language language, const catalog::v1::Kpi& kpi) {
  const std::string direction = DirectionText(language, kpi.direction());
  return kpi.direction_unconfirmed() ? Say(language, text::kUnconfirmedMark, direction) : direction;
}

std::string CodeText(Language language, progress::v1::EvaluationCode code) {
  switch (code) {
    case progress::v1::EVALUATION_CODE_TARGET_MISSING:
      return Plain(language, text::kTargetMissing);
    case progress::v1::EVALUATION_CODE_ACTUAL_MISSING:
      return Plain(language, text::kActualMissing);
    case progress::v1::EVALUATION_CODE_COMPONENT_MISSING:
      return Plain(language, text::kComponentMissing);
    case progress::v1::EVALUATION_CODE_UNIT_MISMATCH:
      return Plain(language, text::kUnitMismatch);
    case progress::v1::EVALUATION_CODE_KIND_MISMATCH:
      return Plain(language, text::kKindMismatch);
    case progress::v1::EVALUATION_CODE_RULE_MISSING:
      return Plain(language, text::kRuleMissing);
    case progress::v1::EVALUATION_CODE_BASELINE_MISSING:
      return Plain(language, text::kBaselineMissing);
    case progress::v1::EVALUATION_CODE_RATE_UNDEFINED:
      return Plain(language, text::kRateUndefined);
    case progress::v1::EVALUATION_CODE_OBSERVED_PERIODS_DIFFER:
      return Plain(language, text::kObservedPeriodsDiffer);
    case progress::v1::EVALUATION_CODE_PROVISIONAL:
      return Plain(language, text::kProvisional);
    case progress::v1::EVALUATION_CODE_DIRECTION_UNCONFIRMED:
      return Plain(language, text::kDirectionUnconfirmed);
    case progress::v1::EVALUATION_CODE_QUALIFIER_LEAVES_OPEN:
      return Plain(language, text::kQualifierLeavesOpen);
    default:
      return "";
  }
}

std::string NarrativeKindText(Language language, progress::v1::NarrativeKind kind) {
  switch (kind) {
    case progress::v1::NARRATIVE_KIND_IMPLEMENTATION_STATUS:
      return Plain(language, text::kImplementationStatus);
    case progress::v1::NARRATIVE_KIND_REASON_FOR_DELAY:
      return Plain(language, text::kReasonForDelay);
    case progress::v1::NARRATIVE_KIND_ISSUES:
      return Plain(language, text::kIssues);
    case progress::v1::NARRATIVE_KIND_NEXT_STEPS:
      return Plain(language, text::kNextSteps);
    default:
      return "";
  }
}

std::string OfficialText(Language language, const progress::v1::OfficialAssessment& official) {
  std::string words = JudgementText(language, official.judgement());
  std::string causes;
  for (const int cause : official.causes()) {
    causes += causes.empty() ? "" : language == Language::kJapanese ? "・" : ", ";
    causes += CauseText(language, static_cast<type::v1::Cause>(cause));
  }
  if (causes.empty()) return words;
  return words + (language == Language::kJapanese ? "(" : " (") + causes + ")";
}

std::string QualifiedText(type::v1::Qualifier qualifier, const std::string& figure) {
  switch (qualifier) {
    case type::v1::QUALIFIER_AT_LEAST:
      return figure + "以上";
    case type::v1::QUALIFIER_AT_MOST:
      return figure + "以下";
    case type::v1::QUALIFIER_MORE_THAN:
      return figure + "超";
    case type::v1::QUALIFIER_LESS_THAN:
      return figure + "未満";
    case type::v1::QUALIFIER_ABOUT:
      return "約" + figure;
    case type::v1::QUALIFIER_RANGE_FROM:
      return figure + "台";
    default:
      return figure;
  }
}

std::string ValueText(const type::v1::Value& value) {
  if (!value.has_number()) return value.text();
  const absl::StatusOr<Decimal> number = Decimal::Parse(value.number().value().value());
  const std::string figure = number.ok() ? Format(Quantity{*number, value.number().unit()})
                                         : value.number().value().value() + value.number().unit();
  const std::string qualified = QualifiedText(value.qualifier(), figure);
  return value.note().empty() ? qualified : fmt::format("{}({})", qualified, value.note());
}

std::string RateText(const type::v1::Decimal& rate) { return rate.value().empty() ? "" : rate.value() + "%"; }

std::string YearText(Language language, int fiscal_year) {
  return language == Language::kJapanese
             ? FiscalYearName(fiscal_year)
             : PeriodNameEnglish({ObservedPeriod::Kind::kFiscalYear, fiscal_year});
}

std::string PeriodText(Language language, const type::v1::ObservedPeriod& period) {
  const ObservedPeriod named =
      period.has_calendar_year() ? ObservedPeriod{ObservedPeriod::Kind::kCalendarYear, period.calendar_year()}
                                 : ObservedPeriod{ObservedPeriod::Kind::kFiscalYear, period.fiscal_year()};
  return language == Language::kJapanese ? PeriodName(named) : PeriodNameEnglish(named);
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::FromUnixSeconds(time.seconds()), TokyoTime());
}

std::string SourceText(const type::v1::SourceCell& source) {
  if (source.document().empty()) return "";
  std::string place = fmt::format("{}:{}", source.document(), source.line());
  if (source.column() != 0) place += fmt::format(":{}", source.column());
  return place;
}

std::string NodeText(const catalog::v1::Node& node) {
  return node.number().empty() ? node.title() : node.number() + " " + node.title();
}

}  // namespace seisaku::policyctl
