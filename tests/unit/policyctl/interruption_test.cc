#include "tools/policyctl/interruption.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/errors.h"

namespace seisaku::policyctl {
namespace {

std::string English(const SentChanges& changes) { return DescribeInterruption(Language::kEnglish, changes); }

TEST(InterruptionTest, SaysThatNothingWasSent) {
  const SentChanges changes;
  EXPECT_THAT(English(changes), testing::HasSubstr("no change was sent"));
  EXPECT_THAT(DescribeInterruption(Language::kJapanese, changes), testing::HasSubstr("中断しました"));
  EXPECT_FALSE(changes.AnyRecorded());
}

TEST(InterruptionTest, SaysOfEachServiceWhatIsKnown) {
  SentChanges changes;
  changes.Sent("catalog", "id-1");
  changes.Answered("catalog", absl::OkStatus());
  changes.Sent("progress", "id-2");
  EXPECT_TRUE(changes.AnyRecorded());
  EXPECT_THAT(English(changes), testing::HasSubstr("catalog: recorded\n"));
  EXPECT_THAT(English(changes),
              testing::HasSubstr("progress: sent; whether it was recorded is not known (request id id-2)"));
  EXPECT_THAT(English(changes), testing::HasSubstr("run the same command again"));
}

TEST(InterruptionTest, OnlyAnAnswerThatIsFinalSettlesAChange) {
  SentChanges changes;
  changes.Sent("progress", "id-1");
  changes.Answered("progress", absl::DeadlineExceededError("late"));
  EXPECT_THAT(English(changes), testing::HasSubstr("not known"));
  changes.Answered("progress", errors::RequiredField("actual"));
  EXPECT_THAT(English(changes), testing::HasSubstr("nothing was recorded"));
  EXPECT_FALSE(changes.AnyRecorded());
}

}  // namespace
}  // namespace seisaku::policyctl
