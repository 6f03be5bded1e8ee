#include "tests/unit/rpc/server_fixture.h"

namespace seisaku::rpc {
namespace {

class SlowCallerTest : public ServerTest {
 protected:
  // Begins to watch what never ends, with so much patience on the server's side.
  void Watch(absl::Duration patience) {
    options_.patience = patience;
    StartOrFail();
    stub_ = StubAs(kAuditor);
    log::v1::WatchEntriesRequest request;
    request.set_start(kNeverEnds);
    stream_ = stub_->WatchEntries(&context_, request);
  }

  grpc::ClientContext context_;
  std::unique_ptr<LogService::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<log::v1::WatchEntriesResponse>> stream_;
};

TEST_F(SlowCallerTest, WhoReadsOnTooLateGetsAllThatWasSentAndThenWhy) {
  Watch(absl::Seconds(3));
  const uint64_t sent = probe_.handlers().sent();
  uint64_t read = 0;
  for (log::v1::WatchEntriesResponse response; stream_->Read(&response); ++read) {
    EXPECT_EQ(response.start(), read);
  }
  EXPECT_EQ(read, sent);
  absl::Status status = FromGrpcStatus(stream_->Finish());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(status, HasReason("SLOW_CONSUMER"));
}

TEST_F(SlowCallerTest, WhoReadsNothingIsCutOff) {
  Watch(absl::Milliseconds(100));
  EXPECT_GT(probe_.handlers().sent(), 0u);
  // Waits for the call to end, and nobody reads.
  const absl::Time began = absl::Now();
  server_->Shutdown(absl::Seconds(60));
  EXPECT_LT(absl::Now() - began, absl::Seconds(30));
  for (log::v1::WatchEntriesResponse response; stream_->Read(&response);) {
  }
  EXPECT_FALSE(stream_->Finish().ok());
}

TEST_F(SlowCallerTest, WhoReadsIsNotEnded) {
  Watch(absl::Seconds(1));
  log::v1::WatchEntriesResponse response;
  const absl::Time patience = absl::Now() + absl::Milliseconds(2500);
  while (absl::Now() < patience) ASSERT_TRUE(stream_->Read(&response));
  context_.TryCancel();
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

}  // namespace
}  // namespace seisaku::rpc
