// What must be true of the years in which nodes and KPIs are part of a plan.
#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/checks.h"
#include "services/catalog/domain/errors.h"
#include "services/catalog/domain/names.h"

namespace seisaku::catalog {
namespace {

template <typename Record>
absl::Status CheckYearOf(const std::string& resource, const Record& record, int reporting_year) {
  if (record.retired_from_year != 0 && reporting_year >= record.retired_from_year) {
    return errors::Retired(resource, record.retired_from_year);
  }
  if (reporting_year >= record.first_year) return absl::OkStatus();
  return errors::NotYetInForce(resource, record.first_year);
}

}  // namespace

absl::Status CheckInForce(const View& view, const KpiAt& kpi, int reporting_year) {
  if (view.InForce(kpi, reporting_year)) return absl::OkStatus();
  RETURN_IF_ERROR(CheckYearOf(KpiName(kpi.plan(), kpi.id()), *kpi.record, reporting_year));
  for (const NodeAt& node : view.Path(kpi)) {
    RETURN_IF_ERROR(CheckYearOf(NodeName(node.plan(), node.id()), *node.record, reporting_year));
  }
  return absl::OkStatus();
}

absl::Status CheckTargetsKept(const FieldPath& field, const View& view, const KpiAt& kpi, int first_year) {
  const std::vector<TargetAt> targets = view.Targets(kpi);
  if (targets.empty() || targets.front().reporting_year >= first_year) return absl::OkStatus();
  return seisaku::errors::InvalidField(
      field.ToString(), expected::NOT_ABOVE,
      {{"limit", targets.front().reporting_year},
       {"other", fmt::format("{}.targets[0].reporting_year", KpiName(kpi.plan(), kpi.id()))},
       {"actual", first_year}});
}

}  // namespace seisaku::catalog
