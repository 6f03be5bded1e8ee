#include "tools/policyctl/import/sheet_import.h"

#include <algorithm>
#include <set>

#include "tools/policyctl/display.h"
#include "tools/policyctl/import/values.h"
#include "tools/policyctl/unlikely.h"

namespace seisaku::policyctl::imports {
namespace {

Proposal ProposalOf(const catalog::v1::Kpi& kpi, int year) {
  Proposal proposal = {.kpi = kpi.name(), .title = kpi.title(), .direction = kpi.direction()};
  const catalog::v1::Target* last = nullptr;
  for (const catalog::v1::Target& target : kpi.targets()) {
    if (target.reporting_year() == year) proposal.target = TextOf(target.values());
    const bool is_later = target.reporting_year() > (last == nullptr ? year : last->reporting_year());
    if (is_later) last = &target;
  }
  if (last != nullptr) proposal.later_target = TextOf(last->values());
  return proposal;
}

// The directions that wait: those of the rows, then what else the plan has in force.
void PlanProposals(const SheetInput& input, const std::vector<PlannedRow>& rows, ImportDraft& draft) {
  const int year = input.sheet.fiscal_year;
  std::set<std::string> told;
  for (const PlannedRow& row : rows) {
    told.insert(row.kpi.name());
    if (!row.kpi.direction_unconfirmed()) continue;
    Proposal proposal = ProposalOf(row.kpi, year);
    const documents::DecidedDirection& decided = row.row->direction;
    if (ToProto(decided.direction) == row.kpi.direction()) proposal.basis = decided.basis;
    draft.Propose(std::move(proposal));
  }
  const ExistingTree tree(input.plan);
  for (const catalog::v1::Kpi& kpi : input.plan.kpis) {
    const bool in_force = tree.In(year, kpi) != Standing::kEnded;
    if (kpi.direction_unconfirmed() && in_force && !told.contains(kpi.name()))
      draft.Propose(ProposalOf(kpi, year));
  }
}

void CheckOverwrite(const SheetInput& input, ImportDraft& draft) {
  std::vector<ItemNames> items;
  for (const documents::KpiRow& row : input.sheet.rows) items.push_back({row.name});
  for (const documents::Node& node : input.sheet.nodes)
    items.push_back({node.title, node.number + " " + node.title});
  for (const catalog::v1::Kpi& kpi : input.plan.kpis) items.push_back(NamesOf(kpi));
  for (const catalog::v1::Node& node : input.plan.nodes) items.push_back(NamesOf(node));
  CheckOnly(items, draft);
}

// A year that is mistyped in the header would retire what the sheet no longer has, and judge the rest, in
// that year.
bool IsOfAnUnlikelyYear(const SheetInput& input, ImportDraft& draft) {
  const int year = input.sheet.fiscal_year;
  if (input.force || !IsUnlikelyYear(year, input.this_year)) return false;
  draft.Note(
      import_code::kSheetYearUnlikely, {},
      documents::InBothLanguages(YearText(Language::kJapanese, year), YearText(Language::kEnglish, year)));
  return true;
}

}  // namespace

ImportPlan PlanSheetImport(const SheetInput& input) {
  ImportDraft draft(input.document, input.overwrite, input.sheet.findings);
  CheckLevels(input.sheet.levels, input.plan.plan, draft);
  if (!documents::HasFatal(input.sheet.findings) && !IsOfAnUnlikelyYear(input, draft)) {
    const std::vector<PlannedRow> rows = PlanCatalogPart(input, draft);
    PlanProgressPart(input, rows, draft);
    PlanProposals(input, rows, draft);
    CheckOverwrite(input, draft);
  }
  return std::move(draft).Finish();
}

}  // namespace seisaku::policyctl::imports
