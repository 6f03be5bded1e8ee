#include "services/rpc/transport/shares.h"

#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace seisaku::rpc {
namespace {

std::string Fact(const absl::Status& status, const std::string& name) {
  return GetErrorInfo(status)->metadata().at(name);
}

TEST(SharesTest, EachCallerAndAllTogetherHaveTheirLimit) {
  Shares shares(Shares::Of::kCalls, {.calls = 3, .calls_of_one = 2});
  std::vector<Shares::Share> held;
  for (const char* caller : {"a", "a", "b"}) {
    auto taken = shares.Take(caller);
    ASSERT_THAT(taken, IsOk());
    held.push_back(*std::move(taken));
  }
  const absl::Status of_a = shares.Take("a").status();
  EXPECT_THAT(of_a, HasReason("TOO_MANY_CALLS"));
  EXPECT_EQ(Fact(of_a, "whose"), "caller");
  EXPECT_EQ(Fact(of_a, "limit"), "2");
  EXPECT_TRUE(GetRetryInfo(of_a));
  const absl::Status of_all = shares.Take("c").status();
  EXPECT_EQ(Fact(of_all, "whose"), "replica");
  EXPECT_EQ(Fact(of_all, "limit"), "3");
  EXPECT_EQ(shares.counts().calls, 3);
  EXPECT_EQ(shares.counts().refused, 2);
  held.erase(held.begin());
  EXPECT_THAT(shares.Take("a"), IsOk());
}

TEST(SharesTest, BytesAreHeldUntilTheShareIsGone) {
  Shares shares(Shares::Of::kCalls, {.calls = 9, .calls_of_one = 9, .bytes = 100, .bytes_of_one = 60});
  auto first = shares.Take("a", 40);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(Fact(shares.Take("a", 21).status(), "unit"), "bytes");
  EXPECT_THAT(first->Grow(20), IsOk());
  EXPECT_THAT(first->Grow(1), HasReason("TOO_MANY_CALLS"));
  auto other = shares.Take("b", 40);
  ASSERT_THAT(other, IsOk());
  EXPECT_EQ(Fact(other->Grow(1), "whose"), "replica");
  EXPECT_THAT(first->Grow(-59), IsOk());
  EXPECT_THAT(other->Grow(20), IsOk());
  *first = Shares::Share();
  EXPECT_THAT(shares.Take("a", 40), IsOk());
}

TEST(SharesTest, StreamsAreRefusedAtTheirNumberInWordsOfTheirOwn) {
  Shares shares(Shares::Of::kStreams, {.calls = 1, .calls_of_one = 1});
  auto held = shares.Take("a");
  const absl::Status refused = shares.Take("a").status();
  EXPECT_THAT(refused, HasReason("TOO_MANY_STREAMS"));
  EXPECT_EQ(refused.message(), "the caller has 1 streams open, as many as are accepted");
}

}  // namespace
}  // namespace seisaku::rpc
