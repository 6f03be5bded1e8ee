#include "tools/policyctl/documents/kpi_checks.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/finding_code.h"

namespace seisaku::documents {

namespace {

using Kind = CellValue::Kind;

class Checks {
 public:
  Checks(KpiRow& kpi, std::vector<Finding>& findings) : kpi_(kpi), findings_(findings) {}

  void Run() {
    for (const YearFigures& year : kpi_.years) {
      if (year.target && year.target->kind == Kind::kText)
        Note(finding_code::kQualitativeTarget, year.target->source, "");
    }
    for (const CellValue* value : kpi_.Values()) NoteComponents(*value);
    const CellValue& judged = *kpi_.Judged().target;
    for (YearFigures& year : kpi_.years) {
      if (year.target && year.year != kpi_.fiscal_year) Compare(judged, *year.target);
      if (!year.actual) continue;
      // A year that has no target of its own is counted as the one that is judged.
      const CellValue& target = year.target && year.target->HasFigure() ? *year.target : judged;
      CheckWords(target, year);
      Compare(target, *year.actual);
    }
  }

 private:
  void Note(std::string_view code, const SourceCell& cell, std::string_view made) {
    findings_.push_back(MakeFinding(code, cell, made));
  }

  void NoteComponents(const CellValue& value) {
    const std::vector<std::string> names = ComponentNames(value);
    if (!names.empty())
      Note(finding_code::kComponentsSplit, value.source, fmt::format("{}", fmt::join(names, "、")));
  }

  void CheckWords(const CellValue& target, YearFigures& year) {
    const CellValue& actual = *year.actual;
    if (target.kind == Kind::kNumbers && actual.kind == Kind::kText) {
      return Note(finding_code::kTextActualForNumericTarget, actual.source, target.source.printed);
    }
    if (target.kind != Kind::kText || !actual.HasFigure()) return;
    year.met_proposed = actual.kind == Kind::kText && actual.text == target.text;
    if (year.met_proposed) return Note(finding_code::kQualitativeMet, actual.source, "");
    Note(finding_code::kQualitativeUndecided, actual.source, target.text);
  }

  void Compare(const CellValue& target, const CellValue& value) {
    if (target.kind != Kind::kNumbers || value.kind != Kind::kNumbers) return;
    const std::vector<std::string> expected = ComponentNames(target);
    if (ComponentNames(value) != expected) {
      const std::string names =
          expected.empty() ? InBothLanguages("なし", "none") : fmt::format("{}", fmt::join(expected, "、"));
      return Note(finding_code::kComponentsDiffer, value.source, names);
    }
    for (size_t i = 0; i < value.numbers.size(); ++i) {
      if (CompareUnits(target.numbers[i].quantity, value.numbers[i].quantity, value.source)) return;
    }
  }

  // Whether it has told of a difference: one finding for a cell is enough.
  bool CompareUnits(const Quantity& target, const Quantity& value, const SourceCell& cell) {
    if (target.unit == value.unit) return false;
    const Quantity target_base = ToBaseUnit(target);
    const Quantity value_base = ToBaseUnit(value);
    if (target_base.unit == value_base.unit) {
      Note(finding_code::kUnitScaled, cell, fmt::format("{} : {}", Format(value_base), Format(target_base)));
    } else {
      Note(finding_code::kUnitDiffers, cell,
           target.unit.empty() ? InBothLanguages("単位なし", "no unit") : target.unit);
    }
    return true;
  }

  KpiRow& kpi_;
  std::vector<Finding>& findings_;
};

}  // namespace

void CheckValues(KpiRow& kpi, std::vector<Finding>& findings) { Checks(kpi, findings).Run(); }

}  // namespace seisaku::documents
