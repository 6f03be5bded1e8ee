// Years and dates as a Japanese city writes them. A fiscal year (年度) runs from April to March and is
// named by the year it begins in; 令和元年度 is all of FY2019.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace seisaku {

// What a figure is about: a fiscal or a calendar year.
struct ObservedPeriod {
  enum class Kind { kFiscalYear, kCalendarYear };
  Kind kind = Kind::kFiscalYear;
  int year = 0;  // the (first) Gregorian year
  auto operator<=>(const ObservedPeriod&) const = default;
};

// "2022", "R4", "r4", "令和4年度", "令和４年度", "令和元年度", "H30", "平成30年度", "FY2022", "2022年度" ->
// 2022. A year of an era runs to the era's last: 平成31年度 is 2019, 平成32年度 is refused. INVALID_ARGUMENT
// INVALID_YEAR, with the accepted forms in the message. Years 1926 to 2199.
absl::StatusOr<int> ParseFiscalYear(std::string_view text);

// "令和4年度" -> fiscal, "令和4年", "2022年" -> calendar; nullopt when the text is neither (it must match
// whole).
std::optional<ObservedPeriod> ParseObservedPeriod(std::string_view text);

// The fiscal year that a moment falls into in Japan: April to March.
int FiscalYearOf(absl::Time time);

// 2022 -> "令和4年度", 2019 -> "令和元年度" (the era of the year's greater part), 1988 -> "昭和63年度".
std::string FiscalYearName(int fiscal_year);
// {fiscal, 2022} -> "令和4年度"; {calendar, 2022} -> "令和4年".
std::string PeriodName(const ObservedPeriod& period);
// "FY2022" / "2022": the same for English readers.
std::string PeriodNameEnglish(const ObservedPeriod& period);

// "2023-06-01", "R5.6.1", "令和5年6月1日" -> the civil day. The separators - . / are as good as one another.
// INVALID_ARGUMENT INVALID_DATE: not of that form, no day of the calendar, or not in 1926 to 2199.
absl::StatusOr<absl::CivilDay> ParseDate(std::string_view text);

// Asia/Tokyo, whatever TZ says.
absl::TimeZone TokyoTime();

}  // namespace seisaku
