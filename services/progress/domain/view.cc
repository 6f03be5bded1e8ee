#include "services/progress/domain/view.h"

#include <algorithm>

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/errors.h"

namespace seisaku::progress {

const std::vector<std::string>& ComponentsOf(const catalog::KpiRecord& kpi) {
  static const std::vector<std::string> kOneSeries = {""};
  return kpi.components.empty() ? kOneSeries : kpi.components;
}

bool KpiEvaluation::AwaitsActual() const {
  return std::any_of(actuals.begin(), actuals.end(), [](const auto& actual) { return !actual.has_value(); });
}

absl::StatusOr<catalog::KpiAt> View::ResolveKpi(std::string_view field, std::string_view name) const {
  ASSIGN_OR_RETURN(NameInPlan reference, catalog::ParseKpiReference(field, name));
  if (auto kpi = catalog_.FindKpi(reference.plan, reference.id)) return *kpi;
  auto plan = catalog_.FindPlan(reference.plan);
  if (!plan) return errors::NotFound(name);
  std::vector<catalog::KpiAt> titled = catalog_.KpisByTitle(*plan, reference.id);
  if (titled.empty()) return errors::NotFound(name);
  if (titled.size() == 1) return titled.front();
  std::vector<std::string> names;
  for (const catalog::KpiAt& kpi : titled) names.push_back(catalog::KpiName(kpi.plan(), kpi.id()));
  return catalog::errors::TitleNotUnique(reference.id, names);
}

}  // namespace seisaku::progress
