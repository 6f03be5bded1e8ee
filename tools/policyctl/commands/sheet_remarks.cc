#include "tools/policyctl/commands/sheet_remarks.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_join.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/naming.h"

namespace seisaku::policyctl {
namespace {

using progress::v1::GetProgressSheetResponse;
using progress::v1::SheetRow;

bool HasAnything(const SheetRow& row) {
  const auto& components = row.evaluation().components();
  return row.evaluation().has_official() ||
         std::any_of(components.begin(), components.end(),
                     [](const auto& component) { return component.has_target() || component.has_actual(); });
}

std::string YearsWithTargets(Language language, const GetProgressSheetResponse& sheet) {
  std::set<int> years;
  for (const SheetRow& row : sheet.rows()) {
    for (const catalog::v1::Target& target : row.kpi().targets()) years.insert(target.reporting_year());
  }
  std::vector<std::string> names;
  for (const int year : years) names.push_back(YearText(language, year));
  return absl::StrJoin(names, language == Language::kJapanese ? "、" : ", ");
}

std::vector<std::string> EmptyYearRemark(Language language, const GetProgressSheetResponse& sheet,
                                         int reporting_year) {
  const std::string year = YearText(language, reporting_year);
  if (sheet.rows().empty()) return {Say(language, text::kNoKpisInYear, year)};
  if (std::any_of(sheet.rows().begin(), sheet.rows().end(), HasAnything)) return {};
  std::vector<std::string> remark = {Say(language, text::kNothingInYear, year)};
  if (const std::string years = YearsWithTargets(language, sheet); !years.empty()) {
    remark.push_back("  " + Say(language, text::kYearsWithTargets, years));
  }
  return remark;
}

}  // namespace

std::vector<std::string> UnconfirmedRemark(Language language, int unconfirmed, std::string_view plan,
                                           const Text& words) {
  if (unconfirmed == 0) return {};
  return {Say(language, words, unconfirmed), "  " + ConfirmCommand(plan)};
}

std::vector<std::string> SheetRemarks(Language language, const GetProgressSheetResponse& sheet,
                                      int reporting_year) {
  std::vector<std::string> remarks = EmptyYearRemark(language, sheet, reporting_year);
  const auto unconfirmed = std::count_if(sheet.rows().begin(), sheet.rows().end(), [](const SheetRow& row) {
    return row.kpi().direction_unconfirmed();
  });
  if (unconfirmed == 0) return remarks;
  const std::string& kpi = sheet.rows(0).kpi().name();
  const std::vector<std::string> of_directions = UnconfirmedRemark(
      language, static_cast<int>(unconfirmed), kpi.substr(0, kpi.find("/kpis/")), text::kUnconfirmedRemark);
  remarks.insert(remarks.end(), of_directions.begin(), of_directions.end());
  return remarks;
}

}  // namespace seisaku::policyctl
