#include "services/base/period.h"

#include <cstdlib>

#include "gtest/gtest.h"
#include "services/base/status.h"

namespace seisaku {
namespace {

using Kind = ObservedPeriod::Kind;

TEST(PeriodTest, ReadsAFiscalYearInEveryAcceptedForm) {
  for (const char* text : {"2022", "R4", "r4", "令和4年度", "令和４年度", "FY2022", "fy2022", "2022年度",
                           "２０２２", "Ｒ４", "R4年度", "令和4", "R04"}) {
    absl::StatusOr<int> year = ParseFiscalYear(text);
    ASSERT_TRUE(year.ok()) << text;
    EXPECT_EQ(*year, 2022) << text;
  }
}

TEST(PeriodTest, KnowsTheFiscalYearsWhereErasMeet) {
  struct Case {
    const char* text;
    int year;
  };
  for (const Case& c : std::vector<Case>{{"令和元年度", 2019},
                                         {"R元", 2019},
                                         {"R1", 2019},
                                         {"令和1年度", 2019},
                                         {"平成31年度", 2019},
                                         {"H30", 2018},
                                         {"平成30年度", 2018},
                                         {"平成元年度", 1989},
                                         {"H1", 1989},
                                         {"昭和64年度", 1989},
                                         {"昭和63年度", 1988},
                                         {"S63", 1988},
                                         {"昭和元年度", 1926},
                                         {"1926", 1926},
                                         {"2199", 2199},
                                         {"R181", 2199}}) {
    absl::StatusOr<int> year = ParseFiscalYear(c.text);
    ASSERT_TRUE(year.ok()) << c.text;
    EXPECT_EQ(*year, c.year) << c.text;
  }
}

TEST(PeriodTest, ReadsAYearOfBothCalendarsInKanjiOrPastItsErasEnd) {
  struct Case {
    const char* text;
    int year;
  };
  for (const Case& c : std::vector<Case>{{"2025(R7)年度", 2025},
                                         {"２０２５（Ｒ７）年度", 2025},
                                         {"令和4(2022)年度", 2022},
                                         {"令和4年度(2022年度)", 2022},
                                         {"2025年度(令和7年度)", 2025},
                                         {"2025(令和七)", 2025},
                                         {"FY2025(R7)", 2025},
                                         {"令和四年度", 2022},
                                         {"令和十年度", 2028},
                                         {"平成三十年度", 2018},
                                         {"平成三十五年度", 2023},
                                         {"平成三〇年度", 2018},
                                         {"平成二九年度", 2017},
                                         {"令和一〇年度", 2028},
                                         {"二〇二二年度", 2022},
                                         {"平成35年度", 2023},
                                         {"平成５２年度", 2040},
                                         {"H35", 2023},
                                         {"H32", 2020},
                                         {"S99", 2024},
                                         {"R99", 2117},
                                         {"㋿4年度", 2022}}) {
    absl::StatusOr<int> year = ParseFiscalYear(c.text);
    ASSERT_TRUE(year.ok()) << c.text;
    EXPECT_EQ(*year, c.year) << c.text;
  }
}

TEST(PeriodTest, TheTwoCalendarsOfAYearMustAgree) {
  for (const char* text :
       {"2025(R6)年度", "令和4(2021)年度", "2025(R7", "2025()年度", "2025(7)年度", "2025年度(R7)年度",
        "令和〇年度", "令和四四四年度", "令和〇四年度", "二二年度", "2025(R7)年"}) {
    EXPECT_FALSE(ParseFiscalYear(text).ok()) << text;
  }
  EXPECT_EQ(ParseObservedPeriod("2025(R7)年"), (ObservedPeriod{Kind::kCalendarYear, 2025}));
  EXPECT_EQ(ParseObservedPeriod("令和7(2025)年度"), (ObservedPeriod{Kind::kFiscalYear, 2025}));
}

TEST(PeriodTest, RefusesWhatIsNoFiscalYear) {
  for (const char* text : {"",          "1925",       "2200",        "R0",
                           "令和0年度", "R182",       "平成300年度", "令和4年",
                           "2022年",    "令和",       "元年度",      "R",
                           "FY",        "FY2022年度", "22",          "2022 ",
                           "T10",       "大正10年度", "令和4年度末", "R4.6",
                           "-2022",     "20222",      "R1000",       "99999999999999999999"}) {
    absl::StatusOr<int> year = ParseFiscalYear(text);
    ASSERT_FALSE(year.ok()) << text;
    EXPECT_EQ(year.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(ReasonOf(year.status()), "INVALID_YEAR") << text;
  }
}

TEST(PeriodTest, TheErrorSaysWhatWouldBeAccepted) {
  std::string message(ParseFiscalYear("last year").status().message());
  for (const char* form : {"2022", "R4", "令和4年度"})
    EXPECT_NE(message.find(form), std::string::npos) << form;
}

TEST(PeriodTest, ACellNamesAFiscalOrACalendarYear) {
  struct Case {
    const char* text;
    Kind kind;
    int year;
  };
  for (const Case& c : std::vector<Case>{{"令和4年度", Kind::kFiscalYear, 2022},
                                         {"令和４年度", Kind::kFiscalYear, 2022},
                                         {"2022年度", Kind::kFiscalYear, 2022},
                                         {"FY2022", Kind::kFiscalYear, 2022},
                                         {"平成31年度", Kind::kFiscalYear, 2019},
                                         {"令和2年", Kind::kCalendarYear, 2020},
                                         {"2022年", Kind::kCalendarYear, 2022},
                                         {"令和元年", Kind::kCalendarYear, 2019},
                                         {"平成31年", Kind::kCalendarYear, 2019},
                                         {"R4年", Kind::kCalendarYear, 2022}}) {
    EXPECT_EQ(ParseObservedPeriod(c.text), (ObservedPeriod{c.kind, c.year})) << c.text;
  }
}

TEST(PeriodTest, AnythingElseNamesNoPeriod) {
  for (const char* text : {"", "2022", "R4", "令和4", "令和4年度末", "(令和2年)", "令和2年3月", "R4(2022)",
                           "2022年(R4)年度", "年", "年度", "3年", "1925年"}) {
    EXPECT_EQ(ParseObservedPeriod(text), std::nullopt) << text;
  }
}

TEST(PeriodTest, NamesFiscalYearsByTheEraOfTheirGreaterPart) {
  EXPECT_EQ(FiscalYearName(2022), "令和4年度");
  EXPECT_EQ(FiscalYearName(2020), "令和2年度");
  EXPECT_EQ(FiscalYearName(2019), "令和元年度");
  EXPECT_EQ(FiscalYearName(2018), "平成30年度");
  EXPECT_EQ(FiscalYearName(1989), "平成元年度");
  EXPECT_EQ(FiscalYearName(1988), "昭和63年度");
  EXPECT_EQ(FiscalYearName(1926), "昭和元年度");
}

TEST(PeriodTest, YearsOutsideTheErasAreNamedByTheirNumber) {
  EXPECT_EQ(FiscalYearName(1925), "1925年度");
  EXPECT_EQ(FiscalYearName(2200), "2200年度");
}

TEST(PeriodTest, NamesPeriodsInJapaneseAndEnglish) {
  EXPECT_EQ(PeriodName({Kind::kFiscalYear, 2022}), "令和4年度");
  EXPECT_EQ(PeriodName({Kind::kCalendarYear, 2022}), "令和4年");
  EXPECT_EQ(PeriodName({Kind::kCalendarYear, 2019}), "令和元年");
  EXPECT_EQ(PeriodNameEnglish({Kind::kFiscalYear, 2022}), "FY2022");
  EXPECT_EQ(PeriodNameEnglish({Kind::kCalendarYear, 2022}), "2022");
}

TEST(PeriodTest, ReadsBackEveryNameThatItGives) {
  for (int year = 1926; year <= 2199; ++year) {
    ASSERT_EQ(ParseFiscalYear(FiscalYearName(year)).value(), year);
    for (Kind kind : {Kind::kFiscalYear, Kind::kCalendarYear}) {
      ObservedPeriod period{kind, year};
      ASSERT_EQ(ParseObservedPeriod(PeriodName(period)), period);
    }
  }
}

TEST(PeriodTest, PeriodsOrderByKindAndYear) {
  EXPECT_LT((ObservedPeriod{Kind::kFiscalYear, 2021}), (ObservedPeriod{Kind::kFiscalYear, 2022}));
  EXPECT_NE((ObservedPeriod{Kind::kFiscalYear, 2022}), (ObservedPeriod{Kind::kCalendarYear, 2022}));
}

TEST(PeriodTest, ReadsADateInEveryAcceptedForm) {
  for (const char* text : {"2023-06-01", "2023-6-1", "2023/06/01", "2023.6.1", "R5.6.1", "r5.06.01", "R5-6-1",
                           "令和5年6月1日", "令和５年６月１日", "2023年6月1日", "Ｒ５．６．１"}) {
    absl::StatusOr<absl::CivilDay> date = ParseDate(text);
    ASSERT_TRUE(date.ok()) << text;
    EXPECT_EQ(*date, absl::CivilDay(2023, 6, 1)) << text;
  }
  EXPECT_EQ(ParseDate("令和元年5月1日").value(), absl::CivilDay(2019, 5, 1));
  EXPECT_EQ(ParseDate("H31.4.30").value(), absl::CivilDay(2019, 4, 30));
  EXPECT_EQ(ParseDate("2024-02-29").value(), absl::CivilDay(2024, 2, 29));
}

TEST(PeriodTest, RefusesWhatIsNoDate) {
  for (const char* text : {"",
                           "2023",
                           "2023-06",
                           "2023-06-31",
                           "2023-02-29",
                           "2023-13-01",
                           "2023-00-01",
                           "2023-06-00",
                           "2023-06/01",
                           "2023年6-1",
                           "令和5年6月1",
                           "R5.6.1日",
                           "2023-06-01T00:00:00Z",
                           " 2023-06-01",
                           "20230601",
                           "1925-01-01",
                           "2200-01-01",
                           "23-6-1",
                           "6/1",
                           "R5.6.111"}) {
    absl::StatusOr<absl::CivilDay> date = ParseDate(text);
    ASSERT_FALSE(date.ok()) << text;
    EXPECT_EQ(ReasonOf(date.status()), "INVALID_DATE") << text;
  }
}

TEST(PeriodTest, AFiscalYearBeginsInAprilInJapan) {
  const auto year_of = [](absl::CivilMinute minute) {
    return FiscalYearOf(absl::FromCivil(absl::CivilSecond(minute), TokyoTime()));
  };
  EXPECT_EQ(year_of(absl::CivilMinute(2026, 3, 31, 23, 59)), 2025);
  EXPECT_EQ(year_of(absl::CivilMinute(2026, 4, 1, 0, 0)), 2026);
  EXPECT_EQ(year_of(absl::CivilMinute(2027, 1, 1, 0, 0)), 2026);
  EXPECT_EQ(FiscalYearOf(absl::FromCivil(absl::CivilSecond(2026, 3, 31, 15, 0, 0), absl::UTCTimeZone())),
            2026);
}

TEST(PeriodTest, TokyoIsNineHoursAheadWhateverTzSays) {
  ASSERT_EQ(setenv("TZ", "America/New_York", 1), 0);
  absl::Time midnight = absl::FromCivil(absl::CivilDay(2023, 6, 1), TokyoTime());
  unsetenv("TZ");
  EXPECT_EQ(absl::FormatTime(midnight, absl::UTCTimeZone()), "2023-05-31T15:00:00+00:00");
}

}  // namespace
}  // namespace seisaku
