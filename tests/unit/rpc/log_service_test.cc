#include "services/rpc/log_service.h"

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/rpc/entry_batches.h"
#include "tests/support/matchers.h"
#include "tests/unit/rpc/fake_ledger.h"

namespace seisaku::rpc {
namespace {

using log::v1::WatchEntriesRequest;
using log::v1::WatchEntriesResponse;

// Listens to a stream until `enough` says so; may do something after each response.
class Listener final : public ResponseStream<WatchEntriesResponse> {
 public:
  using After = std::function<bool(const std::vector<WatchEntriesResponse>&)>;
  explicit Listener(After enough) : enough_(std::move(enough)) {}

  absl::Status Alive() const override {
    return over_ ? absl::CancelledError("heard enough") : absl::OkStatus();
  }
  absl::Status Write(const WatchEntriesResponse& response) override {
    heard_.push_back(response);
    over_ = enough_(heard_);
    return absl::OkStatus();
  }
  const std::vector<WatchEntriesResponse>& heard() const { return heard_; }

 private:
  After enough_;
  bool over_ = false;
  std::vector<WatchEntriesResponse> heard_;
};

bool CaughtUp(const std::vector<WatchEntriesResponse>& heard) { return heard.back().caught_up(); }

class LogServiceTest : public testing::Test {
 protected:
  std::vector<WatchEntriesResponse> Watch(Position start, Listener::After enough) {
    Listener listener(std::move(enough));
    WatchEntriesRequest request;
    request.set_start(start);
    EXPECT_THAT(handlers_.WatchEntries(call_, request, listener), StatusIs(absl::StatusCode::kCancelled));
    return listener.heard();
  }

  // Batches follow each other from `start` on, hold what is stored, and have the checkpoint after them.
  void ExpectWhole(Position start, const std::vector<WatchEntriesResponse>& heard) {
    Position at = start;
    for (const WatchEntriesResponse& response : heard) {
      EXPECT_EQ(response.start(), at);
      for (const std::string& entry : response.entries()) EXPECT_EQ(entry, ledger_.EntryAt(at++));
      EXPECT_EQ(response.checkpoint(), *ledger_.SignCheckpoint(*ledger_.FrontierAt(at)));
    }
  }

  CallContext call_{.caller = {}, .deadline = absl::Now() + absl::Minutes(1), .method = "/x"};
  FakeLedger ledger_;
  LogHandlers handlers_{ledger_, {FakeLedger::key().verifier(), {}}, /*heartbeat=*/absl::Milliseconds(1)};
};

TEST_F(LogServiceTest, CheckpointSpeaksOfThePublishedLog) {
  ledger_.AddCommand(3);
  ASSERT_OK_AND_ASSIGN(auto response, handlers_.GetCheckpoint(call_, {}));
  EXPECT_EQ(response.position(), 3u);
  EXPECT_EQ(response.checkpoint(), *ledger_.SignCheckpoint(*ledger_.FrontierAt(3)));
}

TEST_F(LogServiceTest, ReadsAPageOfEntriesAsStored) {
  ledger_.AddCommand(5);
  log::v1::ReadEntriesRequest request;
  request.set_start(2);
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(auto response, handlers_.ReadEntries(call_, request));
  ASSERT_EQ(response.entries_size(), 2);
  EXPECT_EQ(response.entries(0).position(), 2u);
  EXPECT_EQ(response.entries(0).entry(), ledger_.EntryAt(2));
  EXPECT_EQ(response.entries(0).texts_size(), 0);
  EXPECT_EQ(response.position(), 5u);
}

TEST_F(LogServiceTest, WithdrawnTextKeepsItsPlaceWithoutSalt) {
  ledger_.AddCommand(1);
  log::v1::ReadEntriesRequest request;
  request.set_include_texts(true);
  ASSERT_OK_AND_ASSIGN(auto response, handlers_.ReadEntries(call_, request));
  ASSERT_EQ(response.entries(0).texts_size(), 2);
  EXPECT_EQ(response.entries(0).texts(0).text(), "words");
  EXPECT_EQ(response.entries(0).texts(1).salt(), "");
}

TEST_F(LogServiceTest, ReadsAtMost500UnlessAskedAndNeverMoreThan1000) {
  ledger_.AddCommand(1200);
  ledger_.LimitReads(5000);
  log::v1::ReadEntriesRequest request;
  EXPECT_EQ(handlers_.ReadEntries(call_, request)->entries_size(), 500);
  request.set_page_size(4'000'000'000);
  EXPECT_EQ(handlers_.ReadEntries(call_, request)->entries_size(), 1000);
}

TEST_F(LogServiceTest, ReadingAtTheEndGivesNothingAndBehindItIsAnError) {
  ledger_.AddCommand(2);
  log::v1::ReadEntriesRequest request;
  request.set_start(2);
  EXPECT_EQ(handlers_.ReadEntries(call_, request)->entries_size(), 0);
  request.set_start(3);
  EXPECT_THAT(handlers_.ReadEntries(call_, request), HasReason("POSITION_BEYOND_END"));
}

TEST_F(LogServiceTest, WatchingServesTheHistoryInWholeCommands) {
  for (int size : {1, 3, 200, 290, 10, 400}) ledger_.AddCommand(size);
  auto heard = Watch(0, CaughtUp);
  ExpectWhole(0, heard);
  EXPECT_THAT(heard, testing::ElementsAre(testing::Property(&WatchEntriesResponse::entries_size, 494),
                                          testing::Property(&WatchEntriesResponse::entries_size, 410)));
}

TEST_F(LogServiceTest, ACommandLargerThanABatchIsABatchOfItsOwn) {
  for (int size : {2, 1300, 2}) ledger_.AddCommand(size);
  auto heard = Watch(0, CaughtUp);
  ExpectWhole(0, heard);
  ASSERT_EQ(heard.size(), 3u);
  EXPECT_EQ(heard[1].entries_size(), 1300);
}

TEST_F(LogServiceTest, BatchesAreBoundedInBytesToo) {
  for (int i = 0; i < 4; ++i) ledger_.AddCommand(2, /*bytes=*/200 << 10);
  auto heard = Watch(0, CaughtUp);
  ExpectWhole(0, heard);
  EXPECT_THAT(heard, testing::Each(testing::Property(&WatchEntriesResponse::entries_size, 4)));
}

TEST_F(LogServiceTest, StartingInsideACommandServesItsRest) {
  for (int size : {4, 2}) ledger_.AddCommand(size);
  ExpectWhole(3, Watch(3, CaughtUp));
}

TEST_F(LogServiceTest, CatchesUpOnceAndThenServesNewCommands) {
  ledger_.AddCommand(2);
  auto heard = Watch(0, [this](const auto& so_far) {
    if (so_far.back().caught_up()) ledger_.AddCommand(3);
    return so_far.back().start() + so_far.back().entries_size() == 5;
  });
  ExpectWhole(0, heard);
  EXPECT_EQ(std::count_if(heard.begin(), heard.end(), [](const auto& r) { return r.caught_up(); }), 1);
}

TEST_F(LogServiceTest, AnIdleStreamSendsItsCheckpointAgain) {
  ledger_.AddCommand(2);
  auto heard = Watch(2, [](const auto& so_far) { return so_far.size() == 3; });
  ExpectWhole(2, heard);
  EXPECT_TRUE(heard[0].caught_up());
  EXPECT_FALSE(heard[1].caught_up());
  EXPECT_THAT(heard, testing::Each(testing::Property(&WatchEntriesResponse::entries_size, 0)));
}

TEST_F(LogServiceTest, WatchingAnEmptyLogCatchesUpAtOnce) {
  auto heard = Watch(0, CaughtUp);
  ASSERT_EQ(heard.size(), 1u);
  ExpectWhole(0, heard);
}

TEST_F(LogServiceTest, WatchingFromBehindTheEndIsAnError) {
  ledger_.AddCommand(2);
  Listener listener(CaughtUp);
  WatchEntriesRequest request;
  request.set_start(3);
  EXPECT_THAT(handlers_.WatchEntries(call_, request, listener), HasReason("POSITION_BEYOND_END"));
}

TEST_F(LogServiceTest, AnUnreadableLogEndsTheStreamWithItsPosition) {
  ledger_.AddCommand(0);
  ledger_.AddCommand(1);
  ledger_.LimitReads(0);
  Listener listener(CaughtUp);
  EXPECT_THAT(handlers_.WatchEntries(call_, WatchEntriesRequest(), listener), HasReason("LOG_CORRUPT"));
}

}  // namespace
}  // namespace seisaku::rpc
