#include "tools/policyctl/commands/typed_figure.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tests/unit/policyctl/answers.h"
#include "tools/policyctl/failure.h"

namespace seisaku::policyctl {
namespace {

using progress::v1::Actual;

constexpr char kQualitative[] = R"(
    kpi { direction: DIRECTION_QUALITATIVE }
    evaluation { components { target { text: "待機児童なし" } } })";
// A number in other years.
constexpr char kWordsThisYear[] = R"(
    kpi { direction: DIRECTION_INCREASE unit: "箇所" }
    evaluation { components { target { text: "全小学校区で実施" } } })";
constexpr char kNumber[] = R"(
    kpi { direction: DIRECTION_INCREASE unit: "人" }
    evaluation { components { target { number { value { value: "120" } unit: "人" } } } })";

class TypedFigureTest : public testing::Test {
 protected:
  TypedFigureTest() : session_({}, [](const char*) { return std::string(); }) {}

  absl::StatusOr<Actual> Typed(const std::string& known, TypedFigure typed,
                               std::optional<Actual> replaced = std::nullopt) {
    testing::internal::CaptureStderr();
    absl::StatusOr<Actual> actual =
        ToActual(session_, typed, {Read<progress::v1::GetEvaluationResponse>(known), std::move(replaced)});
    notes_ = testing::internal::GetCapturedStderr();
    return actual;
  }

  Session session_;
  std::string notes_;
};

TEST_F(TypedFigureTest, WordsThatAreTheTargetsAreMetAndItSaysSo) {
  ASSERT_OK_AND_ASSIGN(const Actual actual, Typed(kQualitative, {.value = "待機児童なし"}));
  EXPECT_TRUE(actual.qualitative_met());
  EXPECT_FALSE(actual.by_words());
  EXPECT_THAT(notes_, testing::HasSubstr("so it is met"));
}

TEST_F(TypedFigureTest, OtherWordsAreNotJudgedWithoutBeingAsked) {
  EXPECT_THAT(Typed(kQualitative, {.value = "待機児童3人"}), HasReason("MET_MISSING"));
  ASSERT_OK_AND_ASSIGN(const Actual met, Typed(kQualitative, {.value = "おおむねなし", .met = true}));
  EXPECT_TRUE(met.qualitative_met());
  ASSERT_OK_AND_ASSIGN(const Actual not_met, Typed(kQualitative, {.value = "待機児童なし", .not_met = true}));
  EXPECT_FALSE(not_met.qualitative_met());
  EXPECT_EQ(notes_, "");
}

TEST_F(TypedFigureTest, WhereThereIsNoTargetTheQuestionNamesNone) {
  const absl::StatusOr<Actual> asked =
      Typed("kpi { direction: DIRECTION_QUALITATIVE }", {.value = "一部で実施"});
  EXPECT_THAT(asked, HasReason("MET_MISSING_WITHOUT_TARGET"));
  const std::string told = DescribeFailure(Language::kJapanese, "policyctl", "policyctl", asked.status());
  EXPECT_THAT(told, testing::HasSubstr(
                        "この年度には目標値がなく、「一部で実施」を達成とするかどうかの指定もありません"));
  EXPECT_THAT(told, testing::HasSubstr("--not-met"));
}

TEST_F(TypedFigureTest, AYearWhoseTargetIsWordsIsJudgedByWords) {
  EXPECT_THAT(Typed(kWordsThisYear, {.value = "半数の小学校区で実施"}), HasReason("MET_MISSING"));
  EXPECT_THAT(Typed(kWordsThisYear, {.value = "12箇所"}), HasReason("MET_MISSING"));
  ASSERT_OK_AND_ASSIGN(const Actual same, Typed(kWordsThisYear, {.value = "全小学校区で実施"}));
  EXPECT_TRUE(same.by_words());
  EXPECT_TRUE(same.qualitative_met());
  ASSERT_OK_AND_ASSIGN(const Actual number, Typed(kWordsThisYear, {.value = "12箇所", .not_met = true}));
  EXPECT_TRUE(number.by_words());
  EXPECT_FALSE(number.qualitative_met());
}

TEST_F(TypedFigureTest, ACorrectionWithTheSameWordsKeepsWhatTheyWere) {
  const auto replaced = Read<Actual>(R"(value { text: "おおむねなし" } qualitative_met: true)");
  ASSERT_OK_AND_ASSIGN(const Actual same, Typed(kQualitative, {.value = "おおむねなし"}, replaced));
  EXPECT_TRUE(same.qualitative_met());
  EXPECT_THAT(Typed(kQualitative, {.value = "一部で実施"}, replaced), HasReason("MET_MISSING"));
}

TEST_F(TypedFigureTest, NumbersNeedNothing) {
  ASSERT_OK_AND_ASSIGN(const Actual actual, Typed(kNumber, {.value = "118"}));
  EXPECT_EQ(actual.value().number().unit(), "人");
  EXPECT_FALSE(actual.by_words());
  EXPECT_EQ(notes_, "");
}

}  // namespace
}  // namespace seisaku::policyctl
