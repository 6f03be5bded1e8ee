#include "tools/policyctl/arguments.h"

#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tools/policyctl/exit_code.h"
#include "tools/policyctl/naming.h"

namespace seisaku::policyctl {
namespace {

TEST(AsOfTest, DateIsTheEndOfThatDayInTokyo) {
  for (const char* text : {"2023-06-01", "R5.6.1", "令和5年6月1日"}) {
    ASSERT_OK_AND_ASSIGN(const std::optional<type::v1::AsOf> as_of, ParseAsOf(text));
    ASSERT_TRUE(as_of && as_of->has_time()) << text;
    // 2023-06-01T23:59:59.999999+09:00
    EXPECT_EQ(as_of->time().seconds(), 1685631599) << text;
    EXPECT_EQ(as_of->time().nanos(), 999'999'000) << text;
  }
}

TEST(AsOfTest, TimeIsThatTime) {
  ASSERT_OK_AND_ASSIGN(const std::optional<type::v1::AsOf> as_of, ParseAsOf("2023-06-01T12:00:00.25+09:00"));
  EXPECT_EQ(as_of->time().seconds(), 1685588400);
  EXPECT_EQ(as_of->time().nanos(), 250'000'000);
}

TEST(AsOfTest, NumberIsAPosition) {
  ASSERT_OK_AND_ASSIGN(const std::optional<type::v1::AsOf> as_of, ParseAsOf("120"));
  EXPECT_EQ(as_of->size(), 120u);
}

TEST(AsOfTest, AYearThatNoTimestampHasIsRefused) {
  for (const char* text : {"10000-01-01T00:00:00Z", "0000-12-31T23:59:59Z", "-0001-01-01T00:00:00Z",
                           "infinite-future", "infinite-past"}) {
    EXPECT_THAT(ParseAsOf(text), HasReason("INVALID_AS_OF")) << text;
  }
  EXPECT_THAT(ParseAsOf("9999-12-31T23:59:59Z"), IsOk());
}

TEST(AsOfTest, NothingIsNow) {
  ASSERT_OK_AND_ASSIGN(const std::optional<type::v1::AsOf> as_of, ParseAsOf(""));
  EXPECT_FALSE(as_of.has_value());
}

TEST(AsOfTest, AnythingElseIsRefused) {
  for (const char* text : {"soon", "2023-13-01", "2023-06-01T12:00", "-5", "99999999999999999999"})
    EXPECT_THAT(ParseAsOf(text), HasReason("INVALID_AS_OF")) << text;
}

TEST(FigureTest, NumberKeepsItsScaleItsUnitAndTheTextGiven) {
  ASSERT_OK_AND_ASSIGN(const documents::FigureText figure, ParseFigure("244,765.0人", "件"));
  ASSERT_NE(figure.value.number(), nullptr);
  EXPECT_EQ(figure.value.number()->value.ToString(), "244765.0");
  EXPECT_EQ(figure.value.number()->unit, "人");
  EXPECT_EQ(figure.value.printed, "244,765.0人");
}

TEST(FigureTest, NumberWithoutAUnitIsOfTheKpis) {
  ASSERT_OK_AND_ASSIGN(const documents::FigureText figure, ParseFigure("120", "人"));
  ASSERT_NE(figure.value.number(), nullptr);
  EXPECT_EQ(figure.value.number()->unit, "人");
}

TEST(FigureTest, WordsAreKeptAsTheyAre) {
  ASSERT_OK_AND_ASSIGN(const documents::FigureText figure, ParseFigure("待機児童なし", "人"));
  ASSERT_NE(figure.value.text(), nullptr);
  EXPECT_EQ(*figure.value.text(), "待機児童なし");
}

TEST(FigureTest, MisplacedCommasAndNothingAreRefused) {
  EXPECT_THAT(ParseFigure("24,4765人", ""), HasReason("INVALID_DECIMAL"));
  EXPECT_THAT(ParseFigure("", ""), HasReason("REQUIRED_FIELD"));
}

TEST(WordsTest, JudgementsAndCausesAreReadInBothLanguages) {
  EXPECT_THAT(ParseJudgement("on-track"), IsOkAndHolds(type::v1::JUDGEMENT_ON_TRACK));
  EXPECT_THAT(ParseJudgement("進捗の遅れ"), IsOkAndHolds(type::v1::JUDGEMENT_DELAYED));
  EXPECT_THAT(ParseJudgement("good"), HasReason("INVALID_FIELD"));
  EXPECT_THAT(ParseCause("コロナ"), IsOkAndHolds(type::v1::CAUSE_COVID19));
  EXPECT_THAT(ParseCause("source-abolished"), IsOkAndHolds(type::v1::CAUSE_SOURCE_ABOLISHED));
}

TEST(NamingTest, PlansMayBeNamedEitherWay) {
  EXPECT_EQ(PlanName("strategy"), "plans/strategy");
  EXPECT_EQ(PlanName("plans/strategy"), "plans/strategy");
  EXPECT_EQ(IdOf("plans/strategy/kpis/kpi-001"), "kpi-001");
}

absl::Status Error(absl::StatusCode code, std::string_view reason) {
  return MakeError(code, reason, "message");
}

TEST(ExitCodeTest, IsThatOfTheErrorsKind) {
  using Code = absl::StatusCode;
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCodeOf(Error(Code::kInternal, "INTERNAL")), 1);
  EXPECT_EQ(ExitCodeOf(Error(Code::kDataLoss, "LOG_CORRUPT")), 1);
  EXPECT_EQ(ExitCodeOf(Error(Code::kFailedPrecondition, "PROFILES_MISSING")), 1);
  EXPECT_EQ(ExitCodeOf(Error(Code::kInvalidArgument, "INVALID_FIELD")), 3);
  EXPECT_EQ(ExitCodeOf(Error(Code::kFailedPrecondition, "TITLE_NOT_UNIQUE")), 3);
  EXPECT_EQ(ExitCodeOf(Error(Code::kFailedPrecondition, "FILE_UNREADABLE")), 3);
  EXPECT_EQ(ExitCodeOf(Error(Code::kOutOfRange, "POSITION_BEYOND_END")), 3);
  EXPECT_EQ(ExitCodeOf(Error(Code::kNotFound, "RESOURCE_NOT_FOUND")), 4);
  EXPECT_EQ(ExitCodeOf(Error(Code::kAborted, "ETAG_MISMATCH")), 5);
  EXPECT_EQ(ExitCodeOf(Error(Code::kAlreadyExists, "RESOURCE_EXISTS")), 5);
  EXPECT_EQ(ExitCodeOf(Error(Code::kFailedPrecondition, "ACTUAL_EXISTS")), 5);
  EXPECT_EQ(ExitCodeOf(Error(Code::kFailedPrecondition, "ACTUAL_MISSING")), 5);
  EXPECT_EQ(ExitCodeOf(Error(Code::kPermissionDenied, "ROLE_REQUIRED")), 6);
  EXPECT_EQ(ExitCodeOf(Error(Code::kUnauthenticated, "CERTIFICATE_UNUSABLE")), 6);
  EXPECT_EQ(ExitCodeOf(absl::UnavailableError("refused")), 7);
  EXPECT_EQ(ExitCodeOf(absl::DeadlineExceededError("late")), 7);
  EXPECT_EQ(ExitCodeOf(Error(Code::kResourceExhausted, "QUEUE_FULL")), 7);
}

}  // namespace
}  // namespace seisaku::policyctl
