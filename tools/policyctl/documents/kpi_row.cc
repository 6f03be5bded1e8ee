#include "tools/policyctl/documents/kpi_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/strings/str_replace.h"
#include "services/base/text.h"
#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/finding_code.h"
#include "tools/policyctl/documents/kpi_checks.h"
#include "tools/policyctl/documents/lost_name.h"
#include "tools/policyctl/documents/printed_direction.h"

namespace seisaku::documents {

namespace {

Narrative ReadNarrative(const SourceCell& cell) {
  return {IsNone(cell.printed) ? "" : std::string(Trim(cell.printed)), cell};
}

// How the names of departments end. A cell is split only where every part is a name of its own.
bool EndsLikeADepartment(std::string_view name) {
  constexpr std::array<std::string_view, 15> kEndings = {
      "課", "室", "局", "部", "係", "班", "所", "館", "院", "署", "校", "園", "会", "センター", "事務局"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [name](std::string_view ending) { return name.ends_with(ending); });
}

// The names that marks separate (危機管理課・総務課). Of a name that has a mark itself (公園・緑地課,
// 子育て・保健課) a part is no department's.
std::vector<std::string> NamesBetweenMarks(std::string_view printed) {
  constexpr std::array<std::string_view, 6> kMarks = {"・", "、", "，", ",", "／", "/"};
  constexpr std::array<std::string_view, 5> kEndings = {"課", "室", "局", "部", "センター"};
  std::vector<std::string> names = {""};
  for (size_t at = 0; at < printed.size();) {
    const auto* const mark = std::find_if(kMarks.begin(), kMarks.end(), [&](std::string_view one) {
      return printed.substr(at).starts_with(one);
    });
    if (mark == kMarks.end()) {
      names.back() += printed[at++];
    } else {
      names.emplace_back();
      at += mark->size();
    }
  }
  for (std::string& name : names) {
    name = std::string(Trim(name));
    const bool is_department =
        std::any_of(kEndings.begin(), kEndings.end(),
                    [&name](std::string_view ending) { return std::string_view(name).ends_with(ending); });
    if (!is_department) return {std::string(Trim(printed))};
  }
  return names;
}

// What the figures of a row are counted in where they do not say so themselves.
struct RowUnit {
  std::string printed;     // the one unit that is printed; empty where there is none, or several
  std::string base;        // without its scale, where all agree in that
  bool of_column = false;  // the sheet has a column for it
};

RowUnit DecideRowUnit(const SheetRow& row) {
  if (const auto& cell = row.At(OptionalColumn::kUnit); cell && !IsNone(cell->printed)) {
    std::string unit =
        absl::StrReplaceAll(ToHalfWidthAscii(WithComposedKana(Trim(cell->printed))), {{"(", ""}, {")", ""}});
    std::string base = ToBaseUnit({Decimal(), unit}).unit;
    return {std::move(unit), std::move(base), true};
  }
  std::set<std::string> printed;
  std::set<std::string> bases;
  std::set<std::string> scales;  // 5万: of what the others are counted in
  std::vector<Finding> ignored;
  for (const FigureCell& figure : row.figures) {
    for (const Component& number : ReadCellValue(figure.cell, "", ignored).numbers) {
      const std::string& unit = number.quantity.unit;
      if (unit.empty()) continue;
      const std::string base = ToBaseUnit({Decimal(), unit}).unit;
      (base.empty() ? scales : printed).insert(unit);
      if (!base.empty()) bases.insert(base);
    }
  }
  if (printed.empty() && !scales.empty()) {
    printed = scales;
    bases = {""};
  }
  return {printed.size() == 1 ? *printed.begin() : "", bases.size() == 1 ? *bases.begin() : "", false};
}

class Reading {
 public:
  Reading(const SheetRow& row, const RowPlace& place, const KpiRow* above, const ConfirmedKpi* confirmed,
          std::vector<Finding>& findings)
      : row_(row), continues_(place.continues && above != nullptr), above_(above), findings_(findings) {
    kpi_.node = place.action;
    kpi_.fiscal_year = row.fiscal_year;
    if (confirmed != nullptr) kpi_.confirmed = *confirmed;
  }

  KpiRow Read() && {
    ReadName();
    ReadDepartments();
    ReadFigures();
    ReadNarratives();
    ReadJudgement();
    DecideUnit();
    DecideDirection();
    CheckValues(kpi_, findings_);
    return std::move(kpi_);
  }

 private:
  void Note(std::string_view code, const SourceCell& cell, std::string_view made) {
    findings_.push_back(MakeFinding(code, cell, made));
  }

  void ReadName() {
    kpi_.name_source = row_.At(SheetColumn::kKpiName);
    kpi_.name = KpiNameOf(row_);
    kpi_.provisional_name = Trim(kpi_.name_source.printed).empty();
    if (kpi_.provisional_name) Note(finding_code::kProvisionalName, kpi_.name_source, kpi_.name);
  }

  void ReadDepartments() {
    kpi_.department_source = row_.At(SheetColumn::kDepartment);
    const SourceCell& cell = kpi_.department_source;
    if (IsNone(cell.printed)) {
      if (!continues_ || above_->departments.empty()) return Note(finding_code::kDepartmentMissing, cell, "");
      kpi_.departments = above_->departments;
      return Note(finding_code::kInherited, cell, fmt::format("{}", fmt::join(kpi_.departments, "、")));
    }
    std::vector<std::string_view> parts = SplitAtSpaces(cell.printed);
    if (!std::all_of(parts.begin(), parts.end(), EndsLikeADepartment)) parts = {Trim(cell.printed)};
    for (const std::string_view part : parts) {
      for (std::string& name : NamesBetweenMarks(part)) {
        const auto& known = kpi_.departments;
        if (std::find(known.begin(), known.end(), name) == known.end())
          kpi_.departments.push_back(std::move(name));
      }
    }
    if (kpi_.departments.size() > 1)
      Note(finding_code::kDepartmentsSplit, cell, fmt::format("{}", fmt::join(kpi_.departments, "、")));
  }

  void ReadFigures() {
    const RowUnit unit = DecideRowUnit(row_);
    const bool judged_in_words = JudgedTargetIsWords();
    for (const FigureCell& figure : row_.figures) {
      if (kpi_.years.empty() || kpi_.years.back().year != figure.year)
        kpi_.years.push_back({.year = figure.year});
      YearFigures& year = kpi_.years.back();
      // A year's target is read before its actual; without one of its own it is measured by the judged
      // year's.
      const bool own_target = year.target && year.target->HasFigure();
      const bool in_words = own_target ? year.target->kind == CellValue::Kind::kText : judged_in_words;
      const bool beside_words = figure.actual && in_words;
      (figure.actual ? year.actual : year.target) = ReadFigure(figure.cell, unit, beside_words);
    }
  }

  CellValue ReadFigure(const SourceCell& cell, const RowUnit& unit, bool beside_words) {
    CellValue value = ReadCellValue(cell, unit.printed, findings_, beside_words);
    if (value.kind != CellValue::Kind::kNumbers) return value;
    bool taken = false;
    std::vector<Finding> ignored;
    const CellValue as_printed = ReadCellValue(cell, "", ignored, beside_words);
    for (size_t i = 0; i < value.numbers.size() && i < as_printed.numbers.size(); ++i) {
      Quantity& quantity = value.numbers[i].quantity;
      const std::string& printed = as_printed.numbers[i].quantity.unit;
      if (!printed.empty() && printed == quantity.unit) continue;
      // Nothing is nothing in every scale.
      if (quantity.unit.empty() && quantity.value == Decimal(0)) quantity.unit = unit.base;
      taken = taken || !quantity.unit.empty();
    }
    if (taken && !unit.of_column) Note(finding_code::kUnitTaken, cell, value.numbers[0].quantity.unit);
    return value;
  }

  bool JudgedTargetIsWords() const {
    std::vector<Finding> ignored;
    return std::any_of(row_.figures.begin(), row_.figures.end(), [&](const FigureCell& figure) {
      return figure.year == kpi_.fiscal_year && !figure.actual &&
             ReadCellValue(figure.cell, "", ignored).kind == CellValue::Kind::kText;
    });
  }

  void ReadNarratives() {
    kpi_.implementation_status = ReadNarrative(row_.At(SheetColumn::kStatus));
    kpi_.reason_for_delay = ReadNarrative(row_.At(SheetColumn::kDelayReason));
    kpi_.issues = ReadNarrative(row_.At(SheetColumn::kIssues));
    kpi_.next_steps = ReadNarrative(row_.At(SheetColumn::kNextSteps));
    Narrative& status = kpi_.implementation_status;
    if (!continues_ || !Trim(status.source.printed).empty() || above_->implementation_status.text.empty())
      return;
    status.text = above_->implementation_status.text;
    Note(finding_code::kInherited, status.source, status.text);
  }

  void ReadJudgement() {
    kpi_.judgement = row_.judgement.judgement;
    kpi_.judgement_source = row_.At(SheetColumn::kJudgement);
    const Narrative& reason = kpi_.reason_for_delay;
    if (kpi_.judgement == Judgement::kNotEvaluable && Contains(reason.text, "評価不可の理由")) {
      Note(finding_code::kReasonInDelayColumn, reason.source, "");
    }
    if (!row_.judgement.cause.empty()) {
      kpi_.causes = {CauseOf(row_.judgement.cause)};
      if (kpi_.causes[0] == Cause::kOther) {
        Note(finding_code::kCauseUnknown, kpi_.judgement_source, std::string(CauseName(Cause::kOther)));
      }
    } else if (kpi_.judgement == Judgement::kNotEvaluable) {
      const std::optional<Cause> cause = ProposeCause(reason.text);
      if (!cause) return;
      kpi_.causes = {*cause};
      Note(finding_code::kCauseProposed, reason.source, std::string(CauseName(*cause)));
    }
  }

  // The target of the year that is judged says what the KPI is counted in; where it is missing, what else is
  // a number.
  void DecideUnit() {
    for (const CellValue* value : kpi_.Values()) {
      if (value->kind != CellValue::Kind::kNumbers) continue;
      kpi_.unit = ToBaseUnit(value->numbers[0].quantity).unit;
      kpi_.components = ComponentNames(*value);
      return;
    }
  }

  void DecideDirection() {
    DecidedDirection& decided = kpi_.direction;
    if (kpi_.confirmed.direction) {
      decided = {*kpi_.confirmed.direction, DirectionBasis::kConfirmed};
      return;
    }
    if (const auto printed = PrintedDirection(row_, kpi_, findings_)) {
      decided = {*printed, DirectionBasis::kPrinted};
      return;
    }
    if (kpi_.Judged().target->kind == CellValue::Kind::kText) {
      decided = {Direction::kQualitative, DirectionBasis::kTextTarget};
      return;
    }
    decided = ProposeDirection(kpi_.name);
    Note(SomeTargetMovesAgainst(decided.direction) ? finding_code::kDirectionUnconfirmed
                                                   : finding_code::kDirectionProposed,
         kpi_.name_source, std::string(DirectionName(decided.direction)));
  }

  bool SomeTargetMovesAgainst(Direction direction) const {
    for (auto later = kpi_.years.begin(); later != kpi_.years.end(); ++later) {
      for (auto earlier = kpi_.years.begin(); earlier != later; ++earlier) {
        if (earlier->target && later->target && MovesAgainst(direction, *earlier->target, *later->target))
          return true;
      }
    }
    return false;
  }

  const SheetRow& row_;
  const bool continues_;
  const KpiRow* above_;
  std::vector<Finding>& findings_;
  KpiRow kpi_;
};

}  // namespace

std::string KpiNameOf(const SheetRow& row) {
  const std::string_view printed = Trim(row.At(SheetColumn::kKpiName).printed);
  return std::string(printed.empty() ? kLostKpiName : printed);
}

KpiRow ReadKpiRow(const SheetRow& row, const RowPlace& place, const KpiRow* above,
                  const ConfirmedKpi* confirmed, std::vector<Finding>& findings) {
  return Reading(row, place, above, confirmed, findings).Read();
}

}  // namespace seisaku::documents
