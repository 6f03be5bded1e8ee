// Names of what progress keeps, all below a KPI's: "plans/{plan}/kpis/{kpi}/actuals/{year}[/{component}]",
// ".../assessments/{year}", ".../narratives/{year}/{kind}", ".../evaluations/{year}". A component is the last
// part and is written as it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "seisaku/progress/v1/events.pb.h"
#include "seisaku/progress/v1/resources.pb.h"
#include "services/catalog/domain/names.h"

namespace seisaku::progress {

using catalog::NameInPlan;

// The resource of CatalogAdvanced: what progress knows of catalog.
inline constexpr std::string_view kCatalogResource = "catalog";

// `kpi` is the KPI's own name.
std::string ActualName(std::string_view kpi, int reporting_year, std::string_view component);
std::string AssessmentName(std::string_view kpi, int reporting_year);
std::string NarrativeName(std::string_view kpi, int reporting_year, v1::NarrativeKind kind);
// The same of its parts.
std::string ActualName(const NameInPlan& kpi, int reporting_year, std::string_view component);
std::string AssessmentName(const NameInPlan& kpi, int reporting_year);
std::string NarrativeName(const NameInPlan& kpi, int reporting_year, v1::NarrativeKind kind);
std::string EvaluationName(const NameInPlan& kpi, int reporting_year);

// A name that one of these made, taken apart. Its parts refer to it.
struct RecordName {
  std::string_view kpi;         // the KPI's own name
  std::string_view collection;  // kActuals, kAssessments or kNarratives
  int reporting_year = 0;
  std::string_view last;  // an actual's component, which may be empty, or a narrative's kind
};
inline constexpr std::string_view kActuals = "actuals";
inline constexpr std::string_view kAssessments = "assessments";
inline constexpr std::string_view kNarratives = "narratives";
// nullopt: it is no such name.
std::optional<RecordName> ParseRecordName(std::string_view name);
// The kind that NarrativeName writes as `name`; unspecified where it writes none so.
v1::NarrativeKind NarrativeKindOf(std::string_view name);

struct EvaluationReference {
  std::string kpi;  // "plans/{plan}/kpis/{id or exact title}", not looked at further
  int reporting_year = 0;
};
// Takes an evaluation's name apart, in which a KPI may stand by its title. INVALID_ARGUMENT REQUIRED_FIELD or
// INVALID_FIELD, naming `field`.
absl::StatusOr<EvaluationReference> ParseEvaluationReference(std::string_view field, std::string_view name);

}  // namespace seisaku::progress
