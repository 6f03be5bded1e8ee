#include "tools/policyctl/documents/judged_year.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <string_view>

#include "services/base/period.h"
#include "services/base/text.h"
#include "tools/policyctl/documents/finding_code.h"

namespace seisaku::documents {

namespace {

std::string YearInBothLanguages(int year) {
  return InBothLanguages(FiscalYearName(year), PeriodNameEnglish({ObservedPeriod::Kind::kFiscalYear, year}));
}

// "令和3年度、令和4年度".
std::string YearsWithActuals(const SheetHeader& header) {
  std::string japanese;
  std::string english;
  for (const FigureColumn& column : header.figures) {
    if (!column.actual) continue;
    japanese += fmt::format("{}{}", japanese.empty() ? "" : "、", FiscalYearName(column.year));
    english += fmt::format("{}FY{}", english.empty() ? "" : ", ", column.year);
  }
  return InBothLanguages(japanese, english);
}

// The fiscal years (令和4年度, 2022年度) that stand anywhere in `title`.
std::set<int> YearsIn(const std::string& title) {
  constexpr std::string_view kFiscalYear = "年度";
  const std::string key = SearchKey(title);
  std::set<int> years;
  for (size_t at = key.find(kFiscalYear); at != std::string::npos; at = key.find(kFiscalYear, at + 1)) {
    const size_t end = at + kFiscalYear.size();
    // The longest text that is a year: 令和4年度, not 4年度.
    for (size_t start = 0; start < at; ++start) {
      const auto period = ParseObservedPeriod(std::string_view(key).substr(start, end - start));
      if (!period) continue;
      years.insert(period->year);
      break;
    }
  }
  return years;
}

bool HasBoth(const SheetHeader& header, int year) {
  return header.Find(year, /*actual=*/false) != nullptr && header.Find(year, /*actual=*/true) != nullptr;
}

// The year that the titles name; 0 where they name none, or several, or one without figures.
int YearOfTitles(const SheetHeader& header, const std::vector<SourceCell>& titles,
                 std::vector<Finding>& findings) {
  std::set<int> years;
  const SourceCell* named_in = nullptr;
  for (const SourceCell& title : titles) {
    const std::set<int> found = YearsIn(title.printed);
    if (!found.empty()) named_in = &title;
    years.insert(found.begin(), found.end());
  }
  if (years.size() != 1 || !HasBoth(header, *years.begin())) return 0;
  findings.push_back(
      MakeFinding(finding_code::kYearFromTitle, *named_in, YearInBothLanguages(*years.begin())));
  return *years.begin();
}

// The year that the header itself says, with the column that says it.
struct YearOfHeader {
  int year = 0;
  std::string column;
};

YearOfHeader SaidByHeader(const SheetHeader& header) {
  if (header.judgement_year != 0) return {header.judgement_year, header.NameOf(SheetColumn::kJudgement)};
  YearOfHeader found;
  for (const FigureColumn& column : header.figures) {
    if (!column.actual) continue;
    if (found.year != 0) return {};
    found = {column.year, column.name};
  }
  return found;
}

}  // namespace

std::optional<int> DecideJudgedYear(const SheetHeader& header, int said,
                                    const std::vector<SourceCell>& titles, int line,
                                    std::vector<Finding>& findings) {
  const auto refuse = [&](std::string_view code, std::string_view printed, std::string_view made) {
    findings.push_back(MakeFinding(code, {.line = line, .printed = std::string(printed)}, made));
    return std::nullopt;
  };
  const YearOfHeader by_header = SaidByHeader(header);
  if (said != 0 && by_header.year != 0 && said != by_header.year) {
    return refuse(finding_code::kJudgedYearDiffers, by_header.column, YearInBothLanguages(said));
  }
  int year = by_header.year != 0 ? by_header.year : said;
  if (year == 0) year = YearOfTitles(header, titles, findings);
  if (year == 0) return refuse(finding_code::kJudgedYearUnclear, "", YearsWithActuals(header));
  if (HasBoth(header, year)) return year;
  const bool no_target = header.Find(year, /*actual=*/false) == nullptr;
  return refuse(finding_code::kHeaderIncomplete, "",
                FiscalYearName(year) + (no_target ? "目標値" : "実績値"));
}

}  // namespace seisaku::documents
