#include "services/progress/rpc/describe.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tests/unit/progress_domain/city.h"

namespace seisaku::progress {
namespace {

TEST(DescribeTest, DescribesWhatAnEntryChanged) {
  City city;
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "244,765人"))), IsOk());
  ASSERT_THAT(city.Do(Correct(Figure(kKpi, "33万人"))), IsOk());
  ASSERT_THAT(city.Do(Declare(kKpi, type::v1::JUDGEMENT_DELAYED, {type::v1::CAUSE_COVID19})), IsOk());
  auto correction = DescribeEntry(city.machine.state(), city.size() - 2, city.entries[city.size() - 2]);
  ASSERT_THAT(correction, IsOk());
  EXPECT_EQ(correction->result.name(), kKpi);
  EXPECT_EQ(correction->result.action(), "actual_corrected");
  EXPECT_EQ(correction->result.before(), "244,765人");
  EXPECT_EQ(correction->result.after(), "33万人");
  auto declared = DescribeEntry(city.machine.state(), city.size() - 1, city.entries.back());
  ASSERT_THAT(declared, IsOk());
  EXPECT_EQ(declared->result.after(), "進捗の遅れ(コロナ)");
}

TEST(DescribeTest, OfAFigureByWordsItSaysWhetherItIsMet) {
  City city;
  city.catalog.SetTarget(kKpi, 2022, "全校で実施", "見直し");
  city.Follow();
  v1::Actual figure = Figure(kKpi, "実施");
  figure.set_by_words(true);
  figure.set_qualitative_met(true);
  ASSERT_THAT(city.Do(Record(figure)), IsOk());
  figure.set_qualitative_met(false);
  ASSERT_THAT(city.Do(Correct(figure)), IsOk());
  const Position last = city.size() - 1;
  ASSERT_OK_AND_ASSIGN(const Described described,
                       DescribeEntry(city.machine.state(), last, city.entries[last]));
  EXPECT_EQ(described.result.before(), "実施 (達成)");
  EXPECT_EQ(described.result.after(), "実施 (未達成)");
}

TEST(DescribeTest, OfARetractedFigureNothingIsLeft) {
  City city;
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "18人"))), IsOk());
  ASSERT_THAT(city.Do(Retract(Figure(kKpi, "18人"))), IsOk());
  const Position last = city.size() - 1;
  ASSERT_OK_AND_ASSIGN(const Described described,
                       DescribeEntry(city.machine.state(), last, city.entries[last]));
  EXPECT_EQ(described.result.action(), "actual_retracted");
  EXPECT_EQ(described.result.before(), "18人");
  EXPECT_EQ(described.result.after(), "");
}

}  // namespace
}  // namespace seisaku::progress
