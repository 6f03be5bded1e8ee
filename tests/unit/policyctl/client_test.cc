#include "tools/policyctl/client.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/errors.h"
#include "tests/support/matchers.h"

namespace seisaku::policyctl {
namespace {

TEST(RetryTest, WaitsTwiceAsLongEachTimeUpToABound) {
  const RetryPolicy policy = {
      .max_attempts = 6, .first_delay = absl::Seconds(1), .max_delay = absl::Seconds(4)};
  const absl::Status error = absl::UnavailableError("refused");
  std::vector<absl::Duration> delays;
  for (int failed = 1; failed < 6; ++failed)
    delays.push_back(
        DelayBeforeRetry(policy, error, failed, absl::Seconds(60)).value_or(absl::ZeroDuration()));
  EXPECT_THAT(delays, testing::ElementsAre(absl::Seconds(1), absl::Seconds(2), absl::Seconds(4),
                                           absl::Seconds(4), absl::Seconds(4)));
  EXPECT_EQ(DelayBeforeRetry(policy, error, 6, absl::Seconds(60)), std::nullopt);
}

TEST(RetryTest, WaitsAsLongAsTheServerAsks) {
  const absl::Status busy = WithRetryDelay(absl::ResourceExhaustedError("queue"), absl::Seconds(7));
  EXPECT_EQ(DelayBeforeRetry({}, busy, 1, absl::Seconds(60)), absl::Seconds(7));
  EXPECT_EQ(DelayBeforeRetry({}, busy, 1, absl::Seconds(7)), std::nullopt);
}

TEST(RetryTest, FinalAnswersAreNotAskedForAgain) {
  for (const absl::Status& error : {errors::InvalidField("unit", expected::UTF8), errors::NotFound("plans/x"),
                                    absl::DeadlineExceededError("late"), absl::InternalError("broken")})
    EXPECT_EQ(DelayBeforeRetry({}, error, 1, absl::Seconds(60)), std::nullopt) << error;
}

// Calls of a server that answers with the given statuses in turn, then with OK.
class ClientTest : public testing::Test {
 protected:
  ClientTest() : client_(Stubs{}, TestOptions()) {}

  Client::Options TestOptions() {
    Client::Options options;
    options.timeout = absl::Seconds(30);
    options.waiting.now = [this] { return now_; };
    options.waiting.sleep = [this](absl::Duration delay) { now_ += delay; };
    return options;
  }

  // Stands in for a stub: its method keeps what it was sent.
  struct Server {
    grpc::Status Apply(grpc::ClientContext*, const progress::v1::ApplyProgressRequest& request,
                       progress::v1::ApplyProgressResponse*) {
      request_ids.push_back(request.request_id());
      if (request_ids.size() > answers.size()) return grpc::Status::OK;
      return answers[request_ids.size() - 1];
    }
    std::vector<grpc::Status> answers;
    std::vector<std::string> request_ids;
  };

  absl::Status Call(const std::string& request_id = "") {
    progress::v1::ApplyProgressRequest request;
    request.set_request_id(request_id);
    return client_.Call(server_, &Server::Apply, request).status();
  }

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  Server server_;
  Client client_;
};

TEST_F(ClientTest, ChangeIsSentAgainWithTheSameFreshRequestId) {
  server_.answers = {grpc::Status(grpc::UNAVAILABLE, "no"), grpc::Status(grpc::UNAVAILABLE, "no")};
  ASSERT_THAT(Call(), IsOk());
  ASSERT_EQ(server_.request_ids.size(), 3u);
  EXPECT_TRUE(IsUuid(server_.request_ids[0]));
  EXPECT_THAT(server_.request_ids, testing::Each(server_.request_ids[0]));
  const std::string first = server_.request_ids[0];
  ASSERT_THAT(Call(), IsOk());
  EXPECT_NE(server_.request_ids.back(), first);
}

TEST_F(ClientTest, RequestIdThatIsGivenIsKept) {
  ASSERT_THAT(Call("0190b5b2-0000-7000-8000-000000000000"), IsOk());
  EXPECT_THAT(server_.request_ids, testing::ElementsAre("0190b5b2-0000-7000-8000-000000000000"));
}

TEST_F(ClientTest, GivesUpAfterAFewAttemptsWithTheServersError) {
  server_.answers.assign(20, grpc::Status(grpc::UNAVAILABLE, "no"));
  EXPECT_THAT(Call(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(server_.request_ids.size(), 5u);
}

TEST_F(ClientTest, RefusalIsFinal) {
  server_.answers = {grpc::Status(grpc::PERMISSION_DENIED, "no")};
  EXPECT_THAT(Call(), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(server_.request_ids.size(), 1u);
}

TEST_F(ClientTest, ChangeThatWasNotAnsweredNamesItsRequestId) {
  server_.answers = {grpc::Status(grpc::DEADLINE_EXCEEDED, "late")};
  const absl::Status error = Call();
  EXPECT_THAT(error, HasReason("OUTCOME_UNKNOWN"));
  EXPECT_EQ(GetErrorInfo(error)->metadata().at("request_id"), server_.request_ids[0]);
}

TEST_F(ClientTest, ErrorBeforeTheTimeRanOutIsTheOneThatIsTold) {
  server_.answers = {grpc::Status(grpc::UNAVAILABLE, "no database"),
                     grpc::Status(grpc::DEADLINE_EXCEEDED, "late")};
  EXPECT_THAT(Call(), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace seisaku::policyctl
