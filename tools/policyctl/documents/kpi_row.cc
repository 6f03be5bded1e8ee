#include "tools/policyctl/documents/kpi_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/finding_code.h"
#include "tools/policyctl/documents/kpi_checks.h"
#include "tools/policyctl/documents/lost_name.h"

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
    const std::vector<std::string_view> parts = SplitAtSpaces(cell.printed);
    if (parts.size() == 1 || !std::all_of(parts.begin(), parts.end(), EndsLikeADepartment)) {
      kpi_.departments = {std::string(Trim(cell.printed))};
      return;
    }
    kpi_.departments.assign(parts.begin(), parts.end());
    Note(finding_code::kDepartmentsSplit, cell, fmt::format("{}", fmt::join(parts, "、")));
  }

  void ReadFigures() {
    for (const FigureCell& figure : row_.figures) {
      if (kpi_.years.empty() || kpi_.years.back().year != figure.year)
        kpi_.years.push_back({.year = figure.year});
      YearFigures& year = kpi_.years.back();
      (figure.actual ? year.actual : year.target) = ReadCellValue(figure.cell, findings_);
    }
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
