#include "tools/policyctl/arguments.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"
#include "tools/policyctl/expectations.h"

namespace seisaku::policyctl {
namespace {

bool IsDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The years that a timestamp may have.
bool IsTimestamp(absl::Time time) {
  const auto year = absl::ToCivilYear(time, absl::UTCTimeZone()).year();
  return year >= 1 && year <= 9999;
}

type::v1::AsOf AtTime(absl::Time time) {
  type::v1::AsOf as_of;
  SetMicros(absl::ToUnixMicros(time), *as_of.mutable_time());
  return as_of;
}

// The last microsecond of the day: what is recorded has microseconds.
absl::Time EndOf(absl::CivilDay day) {
  return absl::FromCivil(absl::CivilDay(day + 1), TokyoTime()) - absl::Microseconds(1);
}

template <typename Enum>
struct Word {
  std::string_view en;
  std::string_view ja;
  std::string_view short_ja;
  Enum value;
};

constexpr Word<type::v1::Judgement> kJudgements[] = {
    {"on-track", "順調に進捗", "順調", type::v1::JUDGEMENT_ON_TRACK},
    {"mostly-on-track", "概ね順調に進捗", "概ね順調", type::v1::JUDGEMENT_MOSTLY_ON_TRACK},
    {"delayed", "進捗の遅れ", "遅れ", type::v1::JUDGEMENT_DELAYED},
    {"not-evaluable", "評価不可", "不可", type::v1::JUDGEMENT_NOT_EVALUABLE},
};
constexpr Word<type::v1::Cause> kCauses[] = {
    {"covid19", "新型コロナウイルス感染症", "コロナ", type::v1::CAUSE_COVID19},
    {"source-abolished", "出典の廃止", "廃止", type::v1::CAUSE_SOURCE_ABOLISHED},
    {"figure-pending", "算出待ち", "未算出", type::v1::CAUSE_FIGURE_PENDING},
    {"other", "その他", "他", type::v1::CAUSE_OTHER},
};

template <typename Enum, size_t n>
absl::StatusOr<Enum> FindWord(const Word<Enum> (&words)[n], std::string_view field, std::string_view text) {
  std::string known;
  for (const Word<Enum>& word : words) {
    if (text == word.en || text == word.ja || text == word.short_ja) return word.value;
    known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", word.en, word.short_ja);
  }
  return errors::InvalidField(field, expected::ONE_OF, {{"allowed", known}, {"actual", text}});
}

}  // namespace

absl::StatusOr<std::optional<type::v1::AsOf>> ParseAsOf(std::string_view text) {
  if (text.empty()) return std::nullopt;
  type::v1::AsOf as_of;
  if (uint64_t size = 0; IsDigits(text) && absl::SimpleAtoi(std::string(text), &size)) {
    as_of.set_size(size);
    return as_of;
  }
  absl::Time time;
  std::string error;
  if (text.find_first_of("Tt") != std::string_view::npos &&
      absl::ParseTime(absl::RFC3339_full, std::string(text), &time, &error) && IsTimestamp(time))
    return AtTime(time);
  if (const absl::StatusOr<absl::CivilDay> day = ParseDate(text); day.ok()) return AtTime(EndOf(*day));
  return errors::Unreadable("INVALID_AS_OF", text, expected::POINT_IN_TIME);
}

absl::StatusOr<documents::FigureText> ParseFigure(std::string_view text, std::string_view unit) {
  if (text.empty()) return errors::RequiredField("--value");
  absl::StatusOr<documents::FigureText> figure = documents::ReadFigureText(text, unit);
  if (!figure.ok()) return WithField(figure.status(), "--value");
  return figure;
}

absl::StatusOr<type::v1::ObservedPeriod> ParseObserved(std::string_view text) {
  const std::optional<ObservedPeriod> period = ParseObservedPeriod(text);
  if (!period) return errors::Unreadable("INVALID_YEAR", text, expected::PERIOD);
  type::v1::ObservedPeriod result;
  if (period->kind == ObservedPeriod::Kind::kFiscalYear) {
    result.set_fiscal_year(period->year);
  } else {
    result.set_calendar_year(period->year);
  }
  return result;
}

absl::StatusOr<type::v1::Judgement> ParseJudgement(std::string_view text) {
  return FindWord(kJudgements, "--judgement", text);
}

absl::StatusOr<type::v1::Cause> ParseCause(std::string_view text) {
  return FindWord(kCauses, "--cause", text);
}

}  // namespace seisaku::policyctl
