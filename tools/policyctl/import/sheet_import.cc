#include "tools/policyctl/import/sheet_import.h"

namespace seisaku::policyctl::imports {

ImportPlan PlanSheetImport(const SheetInput& input) {
  ImportDraft draft(input.document, input.overwrite_reason, input.sheet.findings);
  CheckLevels(input.sheet.levels, input.plan.plan, draft);
  if (!documents::HasFatal(input.sheet.findings)) {
    const std::vector<PlannedRow> rows = PlanCatalogPart(input, draft);
    PlanProgressPart(input, rows, draft);
  }
  return std::move(draft).Finish();
}

}  // namespace seisaku::policyctl::imports
