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

// The grammar of a year, of either width:
//   year     2022 | 二〇二二 | R4 | H30 | S63 | 令和4 | 令和四 | 令和元 | 平成三十 | 平成三〇
//            (letters of either case, ㋿㍻㍼)
//   in both  2025(R7) | 令和4(2022) | 2025年度(令和7年度): the two must be the same year
// then 年度, 年 or nothing; or FY before it. An era's years go on past its end, as the plans of its time
// count: 平成35年度 is 2023, H31 and R1 are both 2019. Years 1926 to 2199.

// A fiscal year: with 年度 or FY, or bare. INVALID_ARGUMENT INVALID_YEAR (令和4年, 1925, R0, 22,
// 2025(R6)年度), with the accepted forms in the message.
absl::StatusOr<int> ParseFiscalYear(std::string_view text);

// "令和4年度", "2025(R7)年度" -> fiscal, "令和4年", "2022年" -> calendar; nullopt when the text is neither
// (it must match whole), or does not say which: R4.
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
