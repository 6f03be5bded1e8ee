#include "services/progress/domain/names.h"

#include <algorithm>
#include <charconv>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/domain/value.h"

namespace seisaku::progress {
namespace {

constexpr std::string_view kEvaluations = "/evaluations/";

std::string_view KindName(v1::NarrativeKind kind) {
  switch (kind) {
    case v1::NARRATIVE_KIND_IMPLEMENTATION_STATUS:
      return "implementation-status";
    case v1::NARRATIVE_KIND_ISSUES:
      return "issues";
    case v1::NARRATIVE_KIND_NEXT_STEPS:
      return "next-steps";
    case v1::NARRATIVE_KIND_REASON_FOR_DELAY:
      return "reason-for-delay";
    default:
      return "";
  }
}

std::optional<int> ParseYear(std::string_view text) {
  int year = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), year);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(year) : std::nullopt;
}

std::string Digits(int number) { return fmt::format_int(number).str(); }

}  // namespace

std::string ActualName(std::string_view kpi, int reporting_year, std::string_view component) {
  std::string name = fmt::format("{}/{}/{}", kpi, kActuals, reporting_year);
  return component.empty() ? name : name.append("/").append(component);
}

std::string AssessmentName(std::string_view kpi, int reporting_year) {
  return fmt::format("{}/{}/{}", kpi, kAssessments, reporting_year);
}

std::string NarrativeName(std::string_view kpi, int reporting_year, v1::NarrativeKind kind) {
  return fmt::format("{}/{}/{}/{}", kpi, kNarratives, reporting_year, KindName(kind));
}

std::string ActualName(const NameInPlan& kpi, int reporting_year, std::string_view component) {
  return ActualName(catalog::KpiName(kpi.plan, kpi.id), reporting_year, component);
}

std::string AssessmentName(const NameInPlan& kpi, int reporting_year) {
  return AssessmentName(catalog::KpiName(kpi.plan, kpi.id), reporting_year);
}

std::string NarrativeName(const NameInPlan& kpi, int reporting_year, v1::NarrativeKind kind) {
  return NarrativeName(catalog::KpiName(kpi.plan, kpi.id), reporting_year, kind);
}

std::string EvaluationName(const NameInPlan& kpi, int reporting_year) {
  return catalog::KpiName(kpi.plan, kpi.id).append(kEvaluations).append(Digits(reporting_year));
}

std::optional<RecordName> ParseRecordName(std::string_view name) {
  std::string_view rest = name;
  const auto take_part = [&rest] {
    const std::string_view part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    return part;
  };
  for (int part = 0; part < 3; ++part) take_part();  // "plans", the plan, "kpis"
  const std::string_view kpi = take_part();
  RecordName record;
  record.kpi = name.substr(0, static_cast<size_t>(kpi.data() + kpi.size() - name.data()));
  record.collection = take_part();
  const auto year = ParseYear(take_part());
  if (!year) return std::nullopt;
  record.reporting_year = *year;
  record.last = rest;  // which may hold slashes
  return record;
}

v1::NarrativeKind NarrativeKindOf(std::string_view name) {
  for (int kind = v1::NarrativeKind_MIN + 1; kind <= v1::NarrativeKind_MAX; ++kind) {
    if (KindName(static_cast<v1::NarrativeKind>(kind)) == name) return static_cast<v1::NarrativeKind>(kind);
  }
  return v1::NARRATIVE_KIND_UNSPECIFIED;
}

absl::StatusOr<EvaluationReference> ParseEvaluationReference(std::string_view field, std::string_view name) {
  if (name.empty()) return errors::RequiredField(field);
  size_t at = name.rfind(kEvaluations);
  EvaluationReference reference;
  if (at != std::string_view::npos) {
    if (const auto year = ParseYear(name.substr(at + kEvaluations.size()))) {
      RETURN_IF_ERROR(CheckYear(field, *year));
      reference.reporting_year = *year;
      reference.kpi = std::string(name.substr(0, at));
      return reference;
    }
  }
  return errors::InvalidField(
      field, expected::RESOURCE_NAME,
      {{"form", "plans/{plan}/kpis/{kpi}/evaluations/{reporting_year}"}, {"actual", name}});
}

}  // namespace seisaku::progress
