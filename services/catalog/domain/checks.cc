#include "services/catalog/domain/checks.h"

#include <algorithm>
#include <set>

#include "services/base/errors.h"
#include "services/catalog/domain/names.h"
#include "services/catalog/domain/words.h"

namespace seisaku::catalog {
namespace {

using seisaku::errors::InvalidField;
using seisaku::errors::RequiredField;

}  // namespace

absl::Status CheckNodeExists(const FieldPath& field, const View& view, const PlanAt& plan,
                             const KpiRecord& kpi) {
  if (view.FindNode(plan.id(), kpi.node)) return absl::OkStatus();
  return InvalidField(FieldPath(field, "node").ToString(), expected::EXISTING,
                      {{"actual", NodeName(plan.id(), kpi.node)}});
}

}  // namespace seisaku::catalog
