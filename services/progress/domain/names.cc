#include "services/progress/domain/names.h"

#include <charconv>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/catalog/domain/value.h"

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

}  // namespace

std::string ActualName(const NameInPlan& kpi, int reporting_year, std::string_view component) {
  return fmt::format("{}/actuals/{}{}{}", catalog::KpiName(kpi.plan, kpi.id), reporting_year,
                     component.empty() ? "" : "/", component);
}

std::string AssessmentName(const NameInPlan& kpi, int reporting_year) {
  return fmt::format("{}/assessments/{}", catalog::KpiName(kpi.plan, kpi.id), reporting_year);
}

std::string NarrativeName(const NameInPlan& kpi, int reporting_year, v1::NarrativeKind kind) {
  return fmt::format("{}/narratives/{}/{}", catalog::KpiName(kpi.plan, kpi.id), reporting_year,
                     KindName(kind));
}

std::string EvaluationName(const NameInPlan& kpi, int reporting_year) {
  return fmt::format("{}{}{}", catalog::KpiName(kpi.plan, kpi.id), kEvaluations, reporting_year);
}

absl::StatusOr<EvaluationReference> ParseEvaluationReference(std::string_view field, std::string_view name) {
  if (name.empty()) return errors::RequiredField(field);
  size_t at = name.rfind(kEvaluations);
  EvaluationReference reference;
  if (at != std::string_view::npos) {
    std::string_view year = name.substr(at + kEvaluations.size());
    auto [end, error] = std::from_chars(year.data(), year.data() + year.size(), reference.reporting_year);
    if (error == std::errc() && end == year.data() + year.size()) {
      RETURN_IF_ERROR(catalog::CheckYear(field, reference.reporting_year));
      reference.kpi = std::string(name.substr(0, at));
      return reference;
    }
  }
  return errors::InvalidField(
      field, expected::RESOURCE_NAME,
      {{"form", "plans/{plan}/kpis/{kpi}/evaluations/{reporting_year}"}, {"actual", name}});
}

}  // namespace seisaku::progress
