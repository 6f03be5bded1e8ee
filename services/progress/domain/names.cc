#include "services/progress/domain/names.h"

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

std::string Digits(int number) { return fmt::format_int(number).str(); }

}  // namespace

std::string ActualName(std::string_view kpi, int reporting_year, std::string_view component) {
  std::string name = std::string(kpi).append("/actuals/").append(Digits(reporting_year));
  return component.empty() ? name : name.append("/").append(component);
}

std::string AssessmentName(std::string_view kpi, int reporting_year) {
  return std::string(kpi).append("/assessments/").append(Digits(reporting_year));
}

std::string NarrativeName(std::string_view kpi, int reporting_year, v1::NarrativeKind kind) {
  return fmt::format("{}/narratives/{}/{}", kpi, reporting_year, KindName(kind));
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

absl::StatusOr<EvaluationReference> ParseEvaluationReference(std::string_view field, std::string_view name) {
  if (name.empty()) return errors::RequiredField(field);
  size_t at = name.rfind(kEvaluations);
  EvaluationReference reference;
  if (at != std::string_view::npos) {
    std::string_view year = name.substr(at + kEvaluations.size());
    auto [end, error] = std::from_chars(year.data(), year.data() + year.size(), reference.reporting_year);
    if (error == std::errc() && end == year.data() + year.size()) {
      RETURN_IF_ERROR(CheckYear(field, reference.reporting_year));
      reference.kpi = std::string(name.substr(0, at));
      return reference;
    }
  }
  return errors::InvalidField(
      field, expected::RESOURCE_NAME,
      {{"form", "plans/{plan}/kpis/{kpi}/evaluations/{reporting_year}"}, {"actual", name}});
}

}  // namespace seisaku::progress
