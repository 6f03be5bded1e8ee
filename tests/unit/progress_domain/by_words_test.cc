// Years whose target is words, of KPIs that are counted in other years; and figures with qualifiers.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/progress/domain/render.h"
#include "tests/support/matchers.h"
#include "tests/unit/progress_domain/city.h"

namespace seisaku::progress {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ByWordsTest : public testing::Test {
 protected:
  void SetTarget(std::string_view target, std::string_view kpi = kKpi) {
    city.catalog.SetTarget(kpi, 2022, target, "見直し");
    city.Follow();
  }
  static v1::Actual ByWords(std::string_view value, bool met, std::string_view component = "") {
    v1::Actual actual = Figure(component.empty() ? kKpi : kSchools, value, component);
    actual.set_by_words(true);
    actual.set_qualitative_met(met);
    return actual;
  }
  // "actual.by_words BY_WORDS": the field and what was expected of it.
  std::string Refusal(const v1::Actual& actual) {
    const absl::Status refused = city.Do(Record(actual)).status();
    EXPECT_THAT(refused, HasReason("INVALID_FIELD"));
    EXPECT_THAT(refused, HasItsFacts());
    if (refused.ok()) return "";
    return GetBadRequest(refused)->field_violations(0).field() + " " +
           GetErrorInfo(refused)->metadata().at("expected");
  }
  City city;
};

TEST_F(ByWordsTest, AYearIsJudgedByWordsWhereItsTargetIsWords) {
  SetTarget("全校で実施");
  ASSERT_THAT(city.Do(Record(ByWords("全校で実施", true))), IsOkAndHolds(SizeIs(1)));
  EXPECT_EQ(city.Evaluation(kKpi).evaluation.judgement, type::v1::JUDGEMENT_ON_TRACK);
  ASSERT_THAT(city.Do(Correct(ByWords("一部で実施", false))), IsOkAndHolds(SizeIs(1)));
  EXPECT_EQ(city.Evaluation(kKpi).evaluation.judgement, type::v1::JUDGEMENT_DELAYED);
  const v1::Evaluation shown = Render(city.Now(), city.Evaluation(kKpi));
  EXPECT_TRUE(shown.components(0).actual().by_words());
}

TEST_F(ByWordsTest, OneComponentMayBeJudgedByWords) {
  SetTarget("小学校=全校で実施 中学校=85.0%", kSchools);
  ASSERT_THAT(city.Do(Record(ByWords("実施", true, "小学校"))), IsOk());
  ASSERT_THAT(city.Do(Record(Figure(kSchools, "85.0%", "中学校"))), IsOk());
  EXPECT_EQ(city.Evaluation(kSchools).evaluation.judgement, type::v1::JUDGEMENT_ON_TRACK);
  EXPECT_EQ(Refusal(ByWords("90%", true, "中学校")), "actual.by_words NUMBER_TARGET");
}

TEST_F(ByWordsTest, WhatCannotBeSaysWhatWouldBeRight) {
  EXPECT_EQ(Refusal(ByWords("実施", true)), "actual.by_words NUMBER_TARGET");
  EXPECT_EQ(Refusal(Figure(kKpi, "実施")), "actual.value.text NUMBER");
  v1::Actual qualitative = Figure(kWaiting, "待機児童なし");
  qualitative.set_by_words(true);
  EXPECT_EQ(Refusal(qualitative), "actual.by_words NOT_BY_WORDS");
  SetTarget("全校で実施");
  EXPECT_EQ(Refusal(Figure(kKpi, "実施")), "actual.by_words BY_WORDS");
  v1::Actual met = Figure(kKpi, "18人");
  met.set_qualitative_met(true);
  EXPECT_EQ(Refusal(met), "actual.by_words BY_WORDS");
  EXPECT_EQ(Refusal(ByWords("18件", true)), "actual.value.number.unit UNIT_OF_KPI");
}

// An import may have its figures checked before its targets are set.
TEST_F(ByWordsTest, TheTargetCountsWhenItIsJudged) {
  v1::Actual actual = ByWords("実施", true);
  actual.set_reporting_year(2023);
  ASSERT_THAT(city.Do(Record(actual)), IsOk());
  EXPECT_THAT(city.Evaluation(kKpi, 2023).evaluation.codes, ElementsAre(v1::EVALUATION_CODE_TARGET_MISSING));
  city.catalog.SetTarget(kKpi, 2023, "全校で実施", "");
  city.Follow();
  EXPECT_EQ(city.Evaluation(kKpi, 2023).evaluation.judgement, type::v1::JUDGEMENT_ON_TRACK);
  city.catalog.SetTarget(kKpi, 2023, "25人", "見直し");
  city.Follow();
  EXPECT_THAT(city.Evaluation(kKpi, 2023).evaluation.codes, ElementsAre(v1::EVALUATION_CODE_KIND_MISMATCH));
}

v1::Actual Qualified(std::string_view value, type::v1::Qualifier qualifier, const std::string& note) {
  v1::Actual actual = Figure(kKpi, value);
  actual.mutable_value()->set_qualifier(qualifier);
  actual.mutable_value()->set_note(note);
  return actual;
}

TEST(QualifiedFigureTest, AnotherQualifierOrNoteIsACorrection) {
  City city;
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "23人"))), IsOk());
  for (const v1::Actual& other : {Qualified("23人", type::v1::QUALIFIER_ABOUT, ""),
                                  Qualified("23人", type::v1::QUALIFIER_ABOUT, "累計")}) {
    EXPECT_THAT(city.Do(Record(other)), HasReason("ACTUAL_EXISTS"));
    EXPECT_THAT(city.Do(Correct(other)), IsOkAndHolds(SizeIs(1)));
    EXPECT_THAT(city.Do(Record(other)), IsOkAndHolds(IsEmpty()));
  }
  EXPECT_EQ(Describe(city.Evaluation(kKpi).actuals[0]->record->value), "約23人(累計)");
}

TEST(QualifiedFigureTest, WhatTheQualifierLeavesOpenIsNotJudged) {
  City city;
  ASSERT_THAT(city.Do(Record(Qualified("23人", type::v1::QUALIFIER_AT_LEAST, ""))), IsOk());
  EXPECT_EQ(city.Evaluation(kKpi).evaluation.judgement, type::v1::JUDGEMENT_ON_TRACK);
  ASSERT_THAT(city.Do(Correct(Qualified("23人", type::v1::QUALIFIER_AT_MOST, ""))), IsOk());
  const v1::Evaluation shown = Render(city.Now(), city.Evaluation(kKpi));
  EXPECT_EQ(shown.judgement(), type::v1::JUDGEMENT_NOT_EVALUABLE);
  EXPECT_THAT(shown.codes(), ElementsAre(v1::EVALUATION_CODE_QUALIFIER_LEAVES_OPEN));
  EXPECT_EQ(shown.components(0).actual().value().qualifier(), type::v1::QUALIFIER_AT_MOST);
  EXPECT_FALSE(shown.has_rate_percent());
}

TEST(QualifiedFigureTest, OnlyANumberHasThem) {
  City city;
  v1::Actual words = Figure(kWaiting, "待機児童なし");
  words.mutable_value()->set_note("速報値");
  const absl::Status refused = city.Do(Record(words)).status();
  EXPECT_THAT(refused, HasReason("INVALID_FIELD"));
  EXPECT_EQ(GetBadRequest(refused)->field_violations(0).field(), "actual.value.note");
}

}  // namespace
}  // namespace seisaku::progress
