// Where a sheet's KPIs stand in their plan.
#pragma once

#include <string>
#include <vector>

#include "tools/policyctl/import/sheet_import.h"

namespace seisaku::policyctl::imports {

// Plans the place of each KPI among the plan's: new ones stand behind what the sheet prints before them, so
// that the sheet's headings do not repeat; the others take the sheet's order where it `follows`, else stay.
// `rows` are those that are imported, in printed order, with all else about them in the draft already;
// `nodes` are the names of the sheet's nodes. A KPI that is kept under another heading than the sheet's keeps
// its place too.
void PlanKpiOrder(const SheetInput& input, const std::vector<PlannedRow>& rows,
                  const std::vector<std::string>& nodes, bool follows, ImportDraft& draft);

}  // namespace seisaku::policyctl::imports
