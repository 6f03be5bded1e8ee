// How the values of one KPI go together.
#pragma once

#include <vector>

#include "tools/policyctl/documents/progress_sheet.h"

namespace seisaku::documents {

// Compares the actual and the later target of `kpi` with its target and tells of text targets, scales, units
// and components that differ; sets kpi.met_proposed. Fatal: TEXT_ACTUAL_FOR_NUMERIC_TARGET.
void CheckValues(KpiRow& kpi, std::vector<Finding>& findings);

}  // namespace seisaku::documents
