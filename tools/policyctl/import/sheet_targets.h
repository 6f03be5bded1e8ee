// The targets that a row sets.
#pragma once

#include "tools/policyctl/import/sheet_import.h"
#include "tools/policyctl/import/unlikely_values.h"

namespace seisaku::policyctl::imports {

// Plans the target of each year that the sheet has targets of. `kpi` is the KPI as it will be, with the
// targets that it has; those that are set are put into it. `end`: the first year without the KPI, 0 for none.
void PlanTargets(const SheetInput& input, int end, const documents::KpiRow& row,
                 const UnlikelyValues& unlikely, catalog::v1::Kpi& kpi, ImportDraft& draft);

}  // namespace seisaku::policyctl::imports
