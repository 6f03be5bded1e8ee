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
  std::string_view sign;  // the name as one character
  char letter;
  int first_year;  // Gregorian; named 元年
};

constexpr int kFirstYear = 1926;
constexpr int kLastYear = 2199;

// Newest first: a year of two eras is named after the later one. For fiscal years that is also the era
// of the greater part of the year. (ICU's Japanese calendar knows eras by the day, which names neither.)
constexpr std::array<Era, 3> kEras = {{
    {"令和", "㋿", 'R', 2019},
    {"平成", "㍻", 'H', 1989},
    {"昭和", "㍼", 'S', 1926},
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
    if (TakePrefix(era.name, text) || TakePrefix(era.sign, text)) return &era;
    if (!text->empty() && absl::ascii_toupper(static_cast<unsigned char>(text->front())) == era.letter) {
      text->remove_prefix(1);
      return &era;
    }
  }
  return nullptr;
}

constexpr std::array<std::string_view, 10> kKanjiDigits = {"〇", "一", "二", "三", "四",
                                                           "五", "六", "七", "八", "九"};

std::optional<int> TakeKanjiDigit(std::string_view* text) {
  for (size_t digit = 0; digit < kKanjiDigits.size(); ++digit) {
    if (TakePrefix(kKanjiDigits[digit], text)) return static_cast<int>(digit);
  }
  return std::nullopt;
}

// Takes a number as it is said, or digit by digit, off the head: 四, 十二, 三十五, 三五, 三〇 (99 at most).
std::optional<int> TakeKanjiNumber(std::string_view* text) {
  const std::optional<int> tens = TakeKanjiDigit(text);
  if (tens == 0) return std::nullopt;
  if (!TakePrefix("十", text)) {
    const std::optional<int> ones = tens ? TakeKanjiDigit(text) : std::nullopt;
    return ones ? *tens * 10 + *ones : tens;
  }
  return tens.value_or(1) * 10 + TakeKanjiDigit(text).value_or(0);
}

// Takes a number digit by digit off the head: 二〇二二.
std::optional<int> TakeKanjiYear(std::string_view* text) {
  int year = 0;
  for (int digits = 0; digits < 4; ++digits) {
    const std::optional<int> digit = TakeKanjiDigit(text);
    if (!digit) return std::nullopt;
    year = year * 10 + *digit;
  }
  return year;
}

std::optional<int> TakeYearOfEra(std::string_view* text) {
  if (TakePrefix("元", text)) return 1;
  const std::optional<int> number = TakeNumber(3, text);
  return number ? number : TakeKanjiNumber(text);
}

// Takes "2022", "R4", "令和4", "令和四" or "令和元" off the head; nullopt for anything else or a year out of
// range. An era's years are counted on past its end: plans of its time speak of 平成35年.
std::optional<int> TakeYear(std::string_view* text) {
  const Era* era = TakeEra(text);
  std::optional<int> number = era ? TakeYearOfEra(text) : TakeNumber(4, text);
  if (!number && !era) number = TakeKanjiYear(text);
  if (!number || (era && *number < 1)) return std::nullopt;
  const int year = era ? era->first_year + *number - 1 : *number;
  if (year < kFirstYear || year > kLastYear) return std::nullopt;
  return year;
}

// A year, and whether what stands with it says which kind: 年度 or 年.
struct YearText {
  int year = 0;
  std::optional<ObservedPeriod::Kind> kind;
};

std::optional<ObservedPeriod::Kind> TakeKind(std::string_view* text) {
  if (TakePrefix("年度", text)) return ObservedPeriod::Kind::kFiscalYear;
  if (TakePrefix("年", text)) return ObservedPeriod::Kind::kCalendarYear;
  return std::nullopt;
}

// Takes the same year in another calendar off the head, in brackets: "(R7)", "(令和7年度)". False: what
// stands in brackets there is not that.
bool TakeSameYear(std::string_view* text, YearText* found) {
  if (!TakePrefix("(", text)) return true;
  if (TakeYear(text) != found->year) return false;
  if (const auto kind = TakeKind(text)) found->kind = found->kind.value_or(*kind);
  return TakePrefix(")", text);
}

// "2022", "令和4年度", "2025(R7)年度", "2025年度(令和7年度)"; the whole of `text`, in ASCII width.
std::optional<YearText> ReadYear(std::string_view text) {
  YearText found;
  const bool prefixed = TakePrefix("FY", &text) || TakePrefix("fy", &text);
  if (prefixed) found.kind = ObservedPeriod::Kind::kFiscalYear;
  const std::optional<int> year = TakeYear(&text);
  if (!year) return std::nullopt;
  found.year = *year;
  if (!prefixed) found.kind = TakeKind(&text);
  if (!TakeSameYear(&text, &found)) return std::nullopt;
  if (!prefixed && !text.empty()) {
    if (found.kind) return std::nullopt;  // said already
    found.kind = TakeKind(&text);
  }
  if (!text.empty()) return std::nullopt;
  return found;
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
  const std::optional<YearText> found = ReadYear(ToHalfWidthAscii(text));
  if (found && found->kind != ObservedPeriod::Kind::kCalendarYear) return found->year;
  return errors::Unreadable("INVALID_YEAR", text, expected::FISCAL_YEAR,
                            {{"min", kFirstYear}, {"max", kLastYear}});
}

std::optional<ObservedPeriod> ParseObservedPeriod(std::string_view text) {
  const std::optional<YearText> found = ReadYear(ToHalfWidthAscii(text));
  if (!found || !found->kind) return std::nullopt;
  return ObservedPeriod{*found->kind, found->year};
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
