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

void PlanTarget(int year, const CellValue& cell, Kpi& kpi, ImportDraft& draft) {
  std::vector<type::v1::ComponentValue> values = ToValues(cell, year);
  if (values.empty()) return;
  if (kpi.direction() == type::v1::DIRECTION_QUALITATIVE && cell.kind == CellValue::Kind::kNumbers) {
    values = {AsWords(cell, year)};
    draft.Note(import_code::kValueAsWords, cell.source);
  }
  if (const std::optional<std::string> why = WhyUnfit(kpi, values, /*whole=*/true)) {
    return draft.LeaveOut(import_code::kValueLeftOut, cell.source, *why);
  }
  draft.CheckLength(cell.source, cell.source.printed, kMaxCellBytes);
  Target* existing = FindTarget(kpi, year);
  if (existing != nullptr) {
    if (SameValues(existing->values(), values)) return;
    if (!draft.MayOverwrite(cell.source, TextOf(existing->values()))) return;
  }
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

void PlanTargets(const SheetInput& input, int end, const documents::KpiRow& row, Kpi& kpi,
                 ImportDraft& draft) {
  PlanTarget(input.sheet.fiscal_year, row.target, kpi, draft);
  const bool ends_before = end != 0 && end <= input.sheet.later_year;
  if (!ends_before) return PlanTarget(input.sheet.later_year, row.later_target, kpi, draft);
  const Target* existing = FindTarget(kpi, input.sheet.later_year);
  const std::vector<type::v1::ComponentValue> values = ToValues(row.later_target, input.sheet.later_year);
  if (!values.empty() && (existing == nullptr || !SameValues(existing->values(), values))) {
    draft.LeaveOut(import_code::kRetired, row.later_target.source, std::string(IdOf(kpi.name())));
  }
}

}  // namespace seisaku::policyctl::imports
