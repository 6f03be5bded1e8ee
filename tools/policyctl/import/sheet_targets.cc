#include "tools/policyctl/import/sheet_targets.h"

#include <optional>

#include "tools/policyctl/import/values.h"

namespace seisaku::policyctl::imports {
namespace {

using catalog::v1::Kpi;
using catalog::v1::Target;
using documents::CellValue;

Target* FindTarget(Kpi& kpi, int year) {
  for (Target& target : *kpi.mutable_targets()) {
    if (target.reporting_year() == year) return &target;
  }
  return nullptr;
}

void PlanTarget(int year, const documents::KpiRow& row, const CellValue& cell, const UnlikelyValues& unlikely,
                Kpi& kpi, ImportDraft& draft) {
  std::vector<type::v1::ComponentValue> values = ToValues(cell, year);
  if (values.empty()) return;
  if (kpi.direction() == type::v1::DIRECTION_QUALITATIVE && cell.kind == CellValue::Kind::kNumbers) {
    values = {AsWords(cell, year)};
    draft.Note(import_code::kValueAsWords, cell.source);
  }
  if (const std::optional<std::string> why = WhyUnfit(kpi, values, /*whole=*/true)) {
    return draft.Note(import_code::kValueLeftOut, cell.source, *why);
  }
  CheckLengths(cell, draft);
  Target* existing = FindTarget(kpi, year);
  if (existing != nullptr && SameValues(existing->values(), values, year)) return;
  if (unlikely.LeavesOut(UnlikelyValues::Kind::kTarget, kpi, year, values, cell.source, draft)) return;
  const ItemNames item = NamesOf(kpi, row.name);
  if (existing != nullptr && !draft.MayOverwrite(cell.source, TextOf(existing->values()), item)) return;
  Target target;
  target.set_reporting_year(year);
  target.mutable_values()->Assign(values.begin(), values.end());
  catalog::v1::Change& change = draft.AddCatalog(cell.source);
  if (existing != nullptr) change.set_reason(draft.overwrite_reason());
  change.mutable_set_target()->set_kpi(kpi.name());
  *change.mutable_set_target()->mutable_target() = target;
  *(existing != nullptr ? existing : kpi.add_targets()) = target;
}

}  // namespace

void PlanTargets(const SheetInput& input, int end, const documents::KpiRow& row,
                 const UnlikelyValues& unlikely, Kpi& kpi, ImportDraft& draft) {
  for (const documents::YearFigures& year : row.years) {
    if (!year.target) continue;
    if (year.year == input.sheet.fiscal_year || end == 0 || end > year.year) {
      PlanTarget(year.year, row, *year.target, unlikely, kpi, draft);
      continue;
    }
    const Target* existing = FindTarget(kpi, year.year);
    const std::vector<type::v1::ComponentValue> values = ToValues(*year.target, year.year);
    if (!values.empty() && (existing == nullptr || !SameValues(existing->values(), values, year.year))) {
      draft.Note(import_code::kAfterTheEnd, year.target->source, std::string(IdOf(kpi.name())));
    }
  }
}

}  // namespace seisaku::policyctl::imports
