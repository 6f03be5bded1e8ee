#include "services/rpc/status.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "tests/support/matchers.h"

namespace seisaku::rpc {
namespace {

int CountErrorInfos(const grpc::Status& status) {
  google::rpc::Status proto;
  EXPECT_TRUE(proto.ParseFromString(status.error_details()));
  int count = 0;
  for (const auto& detail : proto.details()) count += detail.Is<google::rpc::ErrorInfo>() ? 1 : 0;
  return count;
}

TEST(StatusMappingTest, OkIsOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_THAT(FromGrpcStatus(grpc::Status::OK), IsOk());
}

class RoundTripTest : public testing::TestWithParam<absl::Status> {};

TEST_P(RoundTripTest, KeepsCodeMessageAndDetails) {
  grpc::Status sent = ToGrpcStatus(GetParam());
  EXPECT_EQ(FromGrpcStatus(sent), GetParam());
  EXPECT_EQ(CountErrorInfos(sent), 1);
}

INSTANTIATE_TEST_SUITE_P(Errors, RoundTripTest,
                         testing::Values(errors::NotFound("plans/a"), errors::QueueFull(),
                                         errors::InvalidField("--value", expected::COMMA_GROUPS,
                                                              {{"value", "1,0人"}}),
                                         errors::EtagMismatch("plans/a", "1", "2"),
                                         errors::LogCorrupt(7, "x"), errors::ShuttingDown()));

TEST(StatusMappingTest, ErrorWithoutErrorInfoBecomesInternalAndLeaksNothing) {
  grpc::Status sent = ToGrpcStatus(absl::NotFoundError("password=secret"));
  EXPECT_EQ(sent.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(sent.error_message(), "internal error");
  EXPECT_EQ(sent.error_details().find("secret"), std::string::npos);
  EXPECT_THAT(FromGrpcStatus(sent), HasReason("INTERNAL"));
  EXPECT_EQ(CountErrorInfos(sent), 1);
}

TEST(StatusMappingTest, CancelledAndDeadlineKeepTheirCodeWithoutTheirText) {
  for (const absl::Status& status : {absl::CancelledError("secret"), absl::DeadlineExceededError("secret")}) {
    grpc::Status sent = ToGrpcStatus(status);
    EXPECT_EQ(static_cast<int>(sent.error_code()), static_cast<int>(status.code()));
    EXPECT_EQ(sent.error_message().find("secret"), std::string::npos);
    EXPECT_EQ(CountErrorInfos(sent), 1);
  }
}

TEST(StatusMappingTest, LargeErrorsStillFitIntoTrailers) {
  std::vector<FieldViolation> violations(5000, {"changes[3].kpi.unit", "単位のない数は受け付けない"});
  std::string message;
  for (int i = 0; i < 1000; ++i) message += "長い";
  grpc::Status sent = ToGrpcStatus(MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FIELD", message,
                                             {{"value", message}}, violations));
  EXPECT_LE(sent.error_details().size() * 4 / 3 + sent.error_message().size() * 3, 8000u);
  absl::Status received = FromGrpcStatus(sent);
  EXPECT_THAT(received, HasReason("INVALID_FIELD"));
  EXPECT_GT(GetBadRequest(received)->field_violations_size(), 10);
  EXPECT_EQ(std::string(received.message()), message.substr(0, 510)) << "cut between characters";
}

TEST(StatusMappingTest, StatusMadeByGrpcHasNoDetails) {
  absl::Status received = FromGrpcStatus({grpc::StatusCode::UNAVAILABLE, "connection refused"});
  EXPECT_THAT(received, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(ReasonOf(received), "");
}

TEST(StatusMappingTest, DetailsThatCannotBeParsedAreLeftOut) {
  absl::Status received = FromGrpcStatus({grpc::StatusCode::NOT_FOUND, "gone", "\xff\xff\xff"});
  EXPECT_THAT(received, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(std::string(received.message()), "gone");
}

}  // namespace
}  // namespace seisaku::rpc
