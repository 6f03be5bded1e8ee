// From a progress sheet to the commands that bring it into catalog and progress.
#pragma once

#include <string>
#include <vector>

#include "tools/policyctl/documents/progress_sheet.h"
#include "tools/policyctl/import/existing.h"
#include "tools/policyctl/import/import_plan.h"
#include "tools/policyctl/import/sidecar.h"

namespace seisaku::policyctl::imports {

// All that decides what a sheet comes to. The references outlive the planning.
struct SheetInput {
  const documents::ProgressSheet& sheet;
  const Sidecar& sidecar;
  const SourceDocument& document;
  const ExistingPlan& plan;
  const ExistingFigures& figures;  // of the years that the sheet has actuals of
  Overwrite overwrite;             // what differs is left alone where this does not take it
  bool keep_absent = false;        // nothing ends because the sheet does not print it
  int this_year = 0;               // the reporting year that is under way; 0: no year is unlikely
  bool force = false;              // what is unlikely (tools/policyctl/unlikely.h) is taken
};

// Matches the sheet's nodes, KPIs and departments with those of the plan (node_matching.h, kpi_matching.h),
// and plans what is missing. What differs is a CONFLICT, or replaced where the overwrite takes it; an
// assessment that was declared by hand only where the overwrite names its KPI. What the sidecar says of a
// KPI's direction and name is followed; a direction that nobody has confirmed is a Proposal, and once
// confirmed it stays so. What has only been taken back or withdrawn by hand differs too. In which years what
// is printed, or no longer printed, is part of the plan: sheet_years.h. Pure.
ImportPlan PlanSheetImport(const SheetInput& input);

// A row that is imported: its KPI as it will be after the catalog part.
struct PlannedRow {
  const documents::KpiRow* row = nullptr;
  catalog::v1::Kpi kpi;
  int end = 0;  // the first reporting year without the KPI; 0 for none
};

// The two parts. The second needs to know the rows of the first.
std::vector<PlannedRow> PlanCatalogPart(const SheetInput& input, ImportDraft& draft);
void PlanProgressPart(const SheetInput& input, const std::vector<PlannedRow>& rows, ImportDraft& draft);

}  // namespace seisaku::policyctl::imports
