// A KPI from one aligned row of a progress sheet.
#pragma once

#include <string>
#include <vector>

#include "tools/policyctl/documents/progress_sheet.h"
#include "tools/policyctl/documents/sheet_row.h"

namespace seisaku::documents {

// The name of the row's KPI as printed; 〔指標名欠落〕 where it was lost.
std::string KpiNameOf(const SheetRow& row);

// Reads the cells of `row`, which belongs to the action at `place`. `above` is the KPI of the row before, or
// null: a continued row shares its implementation status and departments. `confirmed` is what is confirmed of
// the row, or null. Findings tell of all that was repaired, proposed or cannot be read.
KpiRow ReadKpiRow(const SheetRow& row, const RowPlace& place, const KpiRow* above,
                  const ConfirmedKpi* confirmed, std::vector<Finding>& findings);

}  // namespace seisaku::documents
