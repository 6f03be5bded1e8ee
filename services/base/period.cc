#include "services/base/period.h"

#include <array>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/text.h"

namespace seisaku {
namespace {

struct Era {
  std::string_view name;
  char letter;
  int first_year;  // Gregorian; named 元年
  int last_year;   // the last that people wrote in this era: 平成31年 and 令和元年 are both 2019
};

constexpr int kFirstYear = 1926;
constexpr int kLastYear = 2199;

// Newest first: a year of two eras is named after the later one. For fiscal years that is also the era
// of the greater part of the year. (ICU's Japanese calendar knows eras by the day, which names neither.)
constexpr std::array<Era, 3> kEras = {{
    {"令和", 'R', 2019, kLastYear},
    {"平成", 'H', 1989, 2019},
    {"昭和", 'S', 1926, 1989},
}};

bool TakePrefix(std::string_view prefix, std::string_view* text) {
  if (text->substr(0, prefix.size()) != prefix) return false;
  text->remove_prefix(prefix.size());
  return true;
}

// Takes one to `most` ASCII digits off the head.
std::optional<int> TakeNumber(size_t most, std::string_view* text) {
  size_t length = 0;
  int number = 0;
  while (length < text->size() && absl::ascii_isdigit(static_cast<unsigned char>((*text)[length]))) {
    if (length == most) return std::nullopt;
    number = number * 10 + ((*text)[length++] - '0');
  }
  if (length == 0) return std::nullopt;
  text->remove_prefix(length);
  return number;
}

const Era* TakeEra(std::string_view* text) {
  for (const Era& era : kEras) {
    if (TakePrefix(era.name, text)) return &era;
    if (!text->empty() && absl::ascii_toupper(static_cast<unsigned char>(text->front())) == era.letter) {
      text->remove_prefix(1);
      return &era;
    }
  }
  return nullptr;
}

// Takes "2022", "R4", "令和4" or "令和元" off the head; nullopt for anything else or a year out of range.
std::optional<int> TakeYear(std::string_view* text) {
  const Era* era = TakeEra(text);
  std::optional<int> number = TakePrefix("元", text) && era ? 1 : TakeNumber(era ? 3 : 4, text);
  if (!number) return std::nullopt;
  int year = era ? era->first_year + *number - 1 : *number;
  int first = era ? era->first_year : kFirstYear;
  int last = era ? era->last_year : kLastYear;
  if (year < first || year > last) return std::nullopt;
  return year;
}

bool TakeFiscalPrefix(std::string_view* text) { return TakePrefix("FY", text) || TakePrefix("fy", text); }

// "FY2022", "2022年度", "令和4年度".
std::optional<int> NamedFiscalYear(std::string_view text) {
  bool prefixed = TakeFiscalPrefix(&text);
  std::optional<int> year = TakeYear(&text);
  if (!year || text != (prefixed ? "" : "年度")) return std::nullopt;
  return year;
}

std::optional<int> NamedCalendarYear(std::string_view text) {
  std::optional<int> year = TakeYear(&text);
  if (!year || text != "年") return std::nullopt;
  return year;
}

std::optional<int> BareYear(std::string_view text) {
  std::optional<int> year = TakeYear(&text);
  return text.empty() ? year : std::nullopt;
}

// "令和4"; the plain number outside the eras.
std::string YearName(int year) {
  for (const Era& era : kEras) {
    if (year < era.first_year || year > kLastYear) continue;
    if (year == era.first_year) return fmt::format("{}元", era.name);
    return fmt::format("{}{}", era.name, year - era.first_year + 1);
  }
  return fmt::to_string(year);
}

// Takes what stands between the parts of a date: 年 and 月, or twice the same of "-./".
std::string_view TakeSeparator(std::string_view* text) {
  for (std::string_view separator : {"年", "-", ".", "/"}) {
    if (TakePrefix(separator, text)) return separator;
  }
  return "";
}

std::optional<absl::CivilDay> TakeApartDate(std::string_view text) {
  std::optional<int> year = TakeYear(&text);
  if (!year) return std::nullopt;
  std::string_view separator = TakeSeparator(&text);
  if (separator.empty()) return std::nullopt;
  bool kanji = separator == "年";
  std::optional<int> month = TakeNumber(2, &text);
  if (!month || !TakePrefix(kanji ? "月" : separator, &text)) return std::nullopt;
  std::optional<int> day = TakeNumber(2, &text);
  if (!day || text != (kanji ? "日" : "")) return std::nullopt;

  absl::CivilDay date(*year, *month, *day);  // carries 31 June over into July
  if (date.month() != *month || date.day() != *day) return std::nullopt;
  return date;
}

}  // namespace

absl::StatusOr<int> ParseFiscalYear(std::string_view text) {
  std::string half_width = ToHalfWidthAscii(text);
  if (std::optional<int> year = NamedFiscalYear(half_width)) return *year;
  if (std::optional<int> year = BareYear(half_width)) return *year;
  return errors::Unreadable("INVALID_YEAR", text, expected::FISCAL_YEAR,
                            {{"min", kFirstYear}, {"max", kLastYear}});
}

std::optional<ObservedPeriod> ParseObservedPeriod(std::string_view text) {
  std::string half_width = ToHalfWidthAscii(text);
  if (std::optional<int> year = NamedFiscalYear(half_width)) {
    return ObservedPeriod{ObservedPeriod::Kind::kFiscalYear, *year};
  }
  if (std::optional<int> year = NamedCalendarYear(half_width)) {
    return ObservedPeriod{ObservedPeriod::Kind::kCalendarYear, *year};
  }
  return std::nullopt;
}

int FiscalYearOf(absl::Time time) {
  const absl::CivilMonth month = absl::ToCivilMonth(time, TokyoTime());
  return static_cast<int>(month.year()) - (month.month() < 4 ? 1 : 0);
}

std::string FiscalYearName(int fiscal_year) { return YearName(fiscal_year) + "年度"; }

std::string PeriodName(const ObservedPeriod& period) {
  bool fiscal = period.kind == ObservedPeriod::Kind::kFiscalYear;
  return fiscal ? FiscalYearName(period.year) : YearName(period.year) + "年";
}

std::string PeriodNameEnglish(const ObservedPeriod& period) {
  bool fiscal = period.kind == ObservedPeriod::Kind::kFiscalYear;
  return fmt::format("{}{}", fiscal ? "FY" : "", period.year);
}

absl::StatusOr<absl::CivilDay> ParseDate(std::string_view text) {
  if (std::optional<absl::CivilDay> date = TakeApartDate(ToHalfWidthAscii(text))) return *date;
  return errors::Unreadable("INVALID_DATE", text, expected::DATE, {{"min", kFirstYear}, {"max", kLastYear}});
}

absl::TimeZone TokyoTime() {
  absl::TimeZone tokyo;
  // Without a zone database: Japan has kept UTC+9 all year round since 1951.
  if (!absl::LoadTimeZone("Asia/Tokyo", &tokyo)) return absl::FixedTimeZone(9 * 60 * 60);
  return tokyo;
}

}  // namespace seisaku
