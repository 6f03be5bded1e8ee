#include "services/base/status.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace seisaku {
namespace {

absl::Status Wrong() {
  return MakeError(absl::StatusCode::kInvalidArgument, "WRONG", "both are wrong", {{"kpi", "kpi-001"}},
                   {{"unit", "a unit"}, {"values[0]", "a number"}});
}

TEST(StatusTest, AnErrorCarriesItsReasonDomainAndMetadata) {
  absl::Status status = Wrong();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "both are wrong");
  auto info = GetErrorInfo(status);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->reason(), "WRONG");
  EXPECT_EQ(info->domain(), "seisaku");
  ASSERT_EQ(info->metadata_size(), 1);
  EXPECT_EQ(info->metadata().at("kpi"), "kpi-001");
  EXPECT_EQ(ReasonOf(status), "WRONG");
}

TEST(StatusTest, AnErrorCarriesItsFieldViolationsInOrder) {
  auto bad_request = GetBadRequest(Wrong());
  ASSERT_TRUE(bad_request);
  ASSERT_EQ(bad_request->field_violations_size(), 2);
  EXPECT_EQ(bad_request->field_violations(0).field(), "unit");
  EXPECT_EQ(bad_request->field_violations(0).description(), "a unit");
  EXPECT_EQ(bad_request->field_violations(1).field(), "values[0]");
}

TEST(StatusTest, AnErrorWithoutViolationsHasNoBadRequest) {
  absl::Status status = MakeError(absl::StatusCode::kNotFound, "GONE", "gone");
  EXPECT_FALSE(GetBadRequest(status));
  EXPECT_FALSE(GetRetryInfo(status));
}

TEST(StatusTest, AForeignStatusHasNoReason) {
  EXPECT_EQ(ReasonOf(absl::InternalError("foreign")), "");
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
  EXPECT_FALSE(GetErrorInfo(absl::InternalError("foreign")));
}

TEST(StatusTest, AnUnreadablePayloadCountsAsNone) {
  absl::Status status = absl::InternalError("foreign");
  status.SetPayload("type.googleapis.com/google.rpc.ErrorInfo", absl::Cord("\xff\xff"));
  EXPECT_FALSE(GetErrorInfo(status));
}

TEST(StatusTest, DetailsLieUnderTheTypeUrlsThatGrpcPeersExpect) {
  absl::Status status = WithRetryDelay(Wrong(), absl::Seconds(1));
  for (const char* name : {"ErrorInfo", "BadRequest", "RetryInfo"}) {
    EXPECT_TRUE(status.GetPayload(std::string("type.googleapis.com/google.rpc.") + name)) << name;
  }
}

TEST(StatusTest, EqualErrorsCompareEqualWhateverTheOrderOfTheirMetadata) {
  auto make = [](Metadata metadata) {
    return MakeError(absl::StatusCode::kAborted, "SAME", "same", std::move(metadata));
  };
  EXPECT_EQ(make({{"a", "1"}, {"b", "2"}, {"c", "3"}}), make({{"c", "3"}, {"a", "1"}, {"b", "2"}}));
  EXPECT_NE(make({{"a", "1"}}), make({{"a", "2"}}));
}

TEST(StatusTest, ARetryDelayKeepsItsFractionAndTheOtherDetails) {
  absl::Status status = WithRetryDelay(Wrong(), absl::Milliseconds(2500));
  auto retry = GetRetryInfo(status);
  ASSERT_TRUE(retry);
  EXPECT_EQ(retry->retry_delay().seconds(), 2);
  EXPECT_EQ(retry->retry_delay().nanos(), 500'000'000);
  EXPECT_EQ(ReasonOf(status), "WRONG");
  EXPECT_TRUE(GetBadRequest(status));
}

TEST(StatusTest, AFieldPrefixGoesBeforeEveryViolation) {
  absl::Status status = WithFieldPrefix(Wrong(), "changes[3].");
  auto bad_request = GetBadRequest(status);
  ASSERT_TRUE(bad_request);
  EXPECT_EQ(bad_request->field_violations(0).field(), "changes[3].unit");
  EXPECT_EQ(bad_request->field_violations(1).field(), "changes[3].values[0]");
  EXPECT_EQ(ReasonOf(status), "WRONG");
  EXPECT_EQ(status.message(), "both are wrong");
}

TEST(StatusTest, AFieldPrefixChangesNothingWhereThereIsNoViolation) {
  absl::Status status = MakeError(absl::StatusCode::kNotFound, "GONE", "gone");
  EXPECT_EQ(WithFieldPrefix(status, "changes[3]."), status);
  EXPECT_TRUE(WithFieldPrefix(absl::OkStatus(), "changes[3].").ok());
}

absl::StatusOr<int> Doubled(absl::StatusOr<int> input) {
  ASSIGN_OR_RETURN(int value, std::move(input));
  return 2 * value;
}

absl::Status Checked(absl::Status first, bool* reached_end) {
  RETURN_IF_ERROR(first);
  *reached_end = true;
  return absl::OkStatus();
}

TEST(StatusTest, AssignOrReturnYieldsTheValueOrTheError) {
  EXPECT_EQ(*Doubled(21), 42);
  EXPECT_EQ(Doubled(Wrong()).status(), Wrong());
}

TEST(StatusTest, ReturnIfErrorGoesOnOnlyWhenOk) {
  bool reached_end = false;
  EXPECT_EQ(Checked(Wrong(), &reached_end), Wrong());
  EXPECT_FALSE(reached_end);
  EXPECT_TRUE(Checked(absl::OkStatus(), &reached_end).ok());
  EXPECT_TRUE(reached_end);
}

}  // namespace
}  // namespace seisaku
