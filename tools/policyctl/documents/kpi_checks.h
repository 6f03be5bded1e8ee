// How the values of one KPI go together.
#pragma once

#include <vector>

#include "tools/policyctl/documents/progress_sheet.h"

namespace seisaku::documents {

// Compares each actual of `kpi` with the target of its year, and the other years' targets with that of the
// year that is judged. Tells of text targets, scales, units and components that differ; sets met_proposed.
// TEXT_ACTUAL_FOR_NUMERIC_TARGET costs the row.
void CheckValues(KpiRow& kpi, std::vector<Finding>& findings);

}  // namespace seisaku::documents
