// KPIs whose direction was proposed: nothing is judged by it until somebody confirms it.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/progress/domain/render.h"
#include "tests/support/matchers.h"
#include "tests/unit/progress_domain/city.h"

namespace seisaku::progress {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

class ConfirmationTest : public testing::Test {
 protected:
  ConfirmationTest() { Confirm(false); }

  void Confirm(bool confirmed) {
    catalog::v1::Change change;
    change.mutable_update_kpi()->mutable_kpi()->set_name(kKpi);
    change.mutable_update_kpi()->mutable_kpi()->set_direction_unconfirmed(!confirmed);
    change.mutable_update_kpi()->mutable_update_mask()->add_paths("direction_unconfirmed");
    city.catalog.Apply(change);
    city.Follow();
  }
  City city;
};

TEST_F(ConfirmationTest, AnUnconfirmedDirectionJudgesNothing) {
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "31人"))), IsOk());
  const v1::Evaluation shown = Render(city.Now(), city.Evaluation(kKpi));
  EXPECT_EQ(shown.judgement(), type::v1::JUDGEMENT_NOT_EVALUABLE);
  EXPECT_THAT(shown.codes(), ElementsAre(v1::EVALUATION_CODE_DIRECTION_UNCONFIRMED));
  EXPECT_FALSE(shown.has_rate_percent());
  const v1::ComponentEvaluation& component = shown.components(0);
  EXPECT_FALSE(component.met());
  EXPECT_FALSE(component.has_numerator());
  EXPECT_EQ(component.target().number().value().value(), "23");
  EXPECT_EQ(component.actual().value().number().value().value(), "31");
  EXPECT_TRUE(RenderRow(city.Now(), city.Evaluation(kKpi)).kpi().direction_unconfirmed());
}

TEST_F(ConfirmationTest, OnceItIsConfirmedWhatWasRecordedIsJudged) {
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "31人"))), IsOk());
  const Position before = city.size();
  Confirm(true);
  EXPECT_EQ(city.Evaluation(kKpi).evaluation.judgement, type::v1::JUDGEMENT_ON_TRACK);
  // Who asks as of then still sees that nobody had confirmed it.
  const View then = city.At(before);
  EXPECT_THAT(then.Evaluate(*then.ResolveKpi("kpi", kKpi), 2022).evaluation.codes,
              Contains(v1::EVALUATION_CODE_DIRECTION_UNCONFIRMED));
  Confirm(false);
  EXPECT_EQ(city.Evaluation(kKpi).evaluation.judgement, type::v1::JUDGEMENT_NOT_EVALUABLE);
}

TEST_F(ConfirmationTest, ASummaryCountsItAsNotEvaluable) {
  const auto whole = [&] {
    const View view = city.Now();
    return view.Summarize(*view.catalog().FindPlan("strategy"), 2022, 0).back();
  };
  EXPECT_EQ(whole().awaiting_actual, 4u);
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "31人"))), IsOk());
  ASSERT_THAT(city.Do(Declare(kKpi, type::v1::JUDGEMENT_ON_TRACK)), IsOk());
  EXPECT_EQ(whole().derived.not_evaluable, 4u);
  EXPECT_EQ(whole().derived.on_track, 0u);
  EXPECT_EQ(whole().awaiting_actual, 3u);
  EXPECT_EQ(whole().differing, 1u);
  Confirm(true);
  EXPECT_EQ(whole().derived.on_track, 1u);
  EXPECT_EQ(whole().differing, 0u);
}

TEST_F(ConfirmationTest, OtherKpisAreJudgedAsEver) {
  ASSERT_THAT(city.Do(Record(Figure(kAccidents, "1,143件"))), IsOk());
  EXPECT_THAT(city.Evaluation(kAccidents).evaluation.codes,
              Not(Contains(v1::EVALUATION_CODE_DIRECTION_UNCONFIRMED)));
}

}  // namespace
}  // namespace seisaku::progress
