#include "services/rpc/log/log_service.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/errors.h"
#include "services/rpc/log/entry_batches.h"
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
    if (absl::Now() > patience_) return absl::DeadlineExceededError("heard too little");
    return over_ ? absl::CancelledError("heard enough") : absl::OkStatus();
  }
  absl::Status Write(const WatchEntriesResponse& response) override {
    heard_.push_back(response);
    over_ = enough_(heard_);
    return absl::OkStatus();
  }
  const std::vector<WatchEntriesResponse>& heard() const { return heard_; }

 private:
  const absl::Time patience_ = absl::Now() + absl::Seconds(30);
  After enough_;
  bool over_ = false;
  std::vector<WatchEntriesResponse> heard_;
};

bool CaughtUp(const std::vector<WatchEntriesResponse>& heard) { return heard.back().caught_up(); }

class LogServiceTest : public testing::Test {
 protected:
  std::vector<WatchEntriesResponse> Watch(Position start, Listener::After enough,
                                          WatchEntriesRequest request = {}) {
    Listener listener(std::move(enough));
    request.set_start(start);
    EXPECT_THAT(handlers_.WatchEntries(call_, request, listener), StatusIs(absl::StatusCode::kCancelled));
    return listener.heard();
  }

  // Batches follow each other from `start` on, hold what is stored, and have the checkpoint after them when
  // they have caught up and with every progress; in between only from time to time.
  void ExpectWhole(Position start, const std::vector<WatchEntriesResponse>& heard) {
    Position at = start;
    bool caught_up = false;
    for (const WatchEntriesResponse& response : heard) {
      EXPECT_EQ(response.start(), at);
      EXPECT_EQ(response.positions_size(), 0);
      for (const std::string& entry : response.entries()) EXPECT_EQ(entry, ledger_.EntryAt(at++));
      EXPECT_EQ(response.next_position(), at);
      caught_up |= response.caught_up();
      const bool must_have_it = response.caught_up() || (caught_up && response.entries().empty());
      if (must_have_it || !response.checkpoint().empty()) {
        EXPECT_EQ(response.checkpoint(), CheckpointAt(at));
        EXPECT_TRUE(caught_up);
      }
    }
  }
  std::string CheckpointAt(Position size) { return *ledger_.SignCheckpoint(*ledger_.FrontierAt(size)); }

  CallContext call_{.caller = {}, .deadline = absl::Now() + absl::Minutes(1), .method = "/x"};
  FakeLedger ledger_;
  LogHandlers handlers_{
      ledger_, {{FakeLedger::key().verifier()}, {}}, /*progress_interval=*/absl::Milliseconds(1)};
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
  for (int size : {1, 1400, 1000, 1300, 10, 400}) ledger_.AddCommand(size);
  auto heard = Watch(0, CaughtUp);
  ExpectWhole(0, heard);
  std::set<Position> ends = {1, 1401, 2401, 3701, 3711, 4111};
  for (const WatchEntriesResponse& response : heard) EXPECT_EQ(ends.count(response.next_position()), 1u);
  EXPECT_LT(heard.size(), 6u);
}

TEST_F(LogServiceTest, ACommandLargerThanABatchIsABatchOfItsOwn) {
  for (int size : {2, 6300, 2}) ledger_.AddCommand(size);
  auto heard = Watch(0, CaughtUp);
  ExpectWhole(0, heard);
  ASSERT_EQ(heard.size(), 3u);
  EXPECT_EQ(heard[1].entries_size(), 6300);
}

TEST_F(LogServiceTest, BatchesAreBoundedInBytesToo) {
  for (int i = 0; i < 9; ++i) ledger_.AddCommand(2, /*bytes=*/200 << 10);
  auto heard = Watch(0, CaughtUp);
  ExpectWhole(0, heard);
  for (const WatchEntriesResponse& response : heard) EXPECT_LE(response.entries_size(), 4);
}

TEST_F(LogServiceTest, PagesOfEveryLengthGiveTheSameHistory) {
  for (int i = 0; i < 40; ++i) ledger_.AddCommand(i % 7 + 1, /*bytes=*/static_cast<size_t>(i) << 9);
  for (int limit : {1, 2, 3, 5, 8, 13, 60}) {
    ledger_.LimitReads(limit);
    ExpectWhole(0, Watch(0, CaughtUp));
  }
}

TEST_F(LogServiceTest, StartingInsideACommandServesItsRest) {
  for (int size : {4, 2}) ledger_.AddCommand(size);
  ExpectWhole(3, Watch(3, CaughtUp));
}

TEST_F(LogServiceTest, CatchesUpOnceAndThenServesNewCommands) {
  ledger_.AddCommand(2);
  auto heard = Watch(0, [this](const auto& so_far) {
    if (so_far.back().caught_up()) ledger_.AddCommand(3);
    return so_far.back().next_position() == 5 || so_far.size() > 100;
  });
  ExpectWhole(0, heard);
  EXPECT_EQ(heard.back().next_position(), 5u);
  EXPECT_EQ(std::count_if(heard.begin(), heard.end(), [](const auto& r) { return r.caught_up(); }), 1);
}

TEST_F(LogServiceTest, AnIdleStreamSaysAgainHowFarItHasRead) {
  ledger_.AddCommand(2);
  auto heard = Watch(2, [](const auto& so_far) { return so_far.size() == 3; });
  ExpectWhole(2, heard);
  EXPECT_TRUE(heard[0].caught_up());
  EXPECT_FALSE(heard[1].caught_up());
  EXPECT_THAT(heard, testing::Each(testing::Property(&WatchEntriesResponse::entries_size, 0)));
}

TEST_F(LogServiceTest, HistoryIsHashedOnlyForWhoAsksForACheckpointWithEachBatch) {
  for (int i = 0; i < 9; ++i) ledger_.AddCommand(2, /*bytes=*/200 << 10);
  ExpectWhole(0, Watch(0, CaughtUp));
  EXPECT_EQ(Watch(0, [](const auto&) { return true; })[0].checkpoint(), "");
  WatchEntriesRequest request;
  request.set_checkpoint_each(true);
  for (const WatchEntriesResponse& response : Watch(3, CaughtUp, request)) {
    EXPECT_EQ(response.checkpoint(), CheckpointAt(response.next_position()));
  }
}

TEST_F(LogServiceTest, AFilterLetsThroughWhatIsAboutAResourceOrOfAType) {
  ledger_.AddCommand(3, 64, "plans/p/kpis/a");
  ledger_.AddCommand(2, 64, "plans/q");
  ledger_.AddCommand(4, 64, "plans/p");
  auto positions = [this](const std::string& prefix, const std::vector<std::string>& types) {
    WatchEntriesRequest request;
    request.set_resource_prefix(prefix);
    for (const std::string& type : types) request.add_types(type);
    std::vector<Position> seen;
    for (const WatchEntriesResponse& response : Watch(0, CaughtUp, request)) {
      for (int i = 0; i < response.positions_size(); ++i) {
        EXPECT_EQ(response.entries(i), ledger_.EntryAt(response.positions(i)));
        seen.push_back(response.positions(i));
      }
      EXPECT_EQ(response.entries_size(), response.positions_size());
      if (response.caught_up()) {
        EXPECT_EQ(response.checkpoint(), CheckpointAt(9));
      }
    }
    return seen;
  };
  EXPECT_THAT(positions("plans/p", {}), testing::ElementsAre(0, 1, 2, 5, 6, 7, 8));
  EXPECT_THAT(positions("plans/p/", {}), testing::ElementsAre(0, 1, 2));
  EXPECT_THAT(positions("", {"test/odd"}), testing::ElementsAre(1, 4, 6, 8));
  EXPECT_THAT(positions("plans/q", {"test/odd", "test/even"}), testing::ElementsAre(3, 4));
  EXPECT_THAT(positions("plans/p/kpis/a/", {}), testing::IsEmpty());
}

TEST_F(LogServiceTest, AFilterThatLetsNothingThroughShowsProgressInTheHistoryToo) {
  for (int i = 0; i < 20; ++i) ledger_.AddCommand(2);
  ledger_.LimitReads(2);
  WatchEntriesRequest request;
  request.add_types("test/none");
  LogHandlers always(ledger_, {{FakeLedger::key().verifier()}, {}},
                     /*progress_interval=*/absl::ZeroDuration());
  Listener listener(CaughtUp);
  EXPECT_THAT(always.WatchEntries(call_, request, listener), StatusIs(absl::StatusCode::kCancelled));
  ASSERT_GT(listener.heard().size(), 2u);
  EXPECT_FALSE(listener.heard()[0].caught_up());
  EXPECT_THAT(listener.heard()[0].next_position(), testing::AllOf(testing::Gt(0u), testing::Lt(40u)));
}

TEST_F(LogServiceTest, AFilteredStreamThatIsIdleShowsHowFarItHasRead) {
  ledger_.AddCommand(2);
  WatchEntriesRequest request;
  request.add_types("test/none");
  auto heard = Watch(
      0,
      [this](const auto& so_far) {
        if (so_far.back().caught_up()) ledger_.AddCommand(3);
        return so_far.back().next_position() == 5 || so_far.size() > 100;
      },
      request);
  EXPECT_EQ(heard.back().next_position(), 5u);
  for (size_t i = 1; i < heard.size(); ++i) EXPECT_EQ(heard[i].start(), heard[i - 1].next_position());
}

// Takes one response, and is too slow for the next.
class SlowListener final : public ResponseStream<WatchEntriesResponse> {
 public:
  absl::Status Alive() const override { return absl::OkStatus(); }
  absl::Status Write(const WatchEntriesResponse& response) override {
    if (taken_) return SlowConsumer();
    taken_ = response.next_position();
    return absl::OkStatus();
  }
  Position taken() const { return *taken_; }

 private:
  std::optional<Position> taken_;
};

TEST_F(LogServiceTest, ASlowConsumerIsToldWhereToGoOn) {
  for (int i = 0; i < 9; ++i) ledger_.AddCommand(2, /*bytes=*/200 << 10);
  SlowListener listener;
  absl::Status ended = handlers_.WatchEntries(call_, WatchEntriesRequest(), listener);
  EXPECT_THAT(ended, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(ended, HasReason("SLOW_CONSUMER"));
  EXPECT_EQ(GetErrorInfo(ended)->metadata().at("next_position"), absl::StrCat(listener.taken()));
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

TEST_F(LogServiceTest, AStreamEndsWhereItsReplicaNoLongerSeesTheLog) {
  ledger_.AddCommand(3);
  Listener listener([&](const auto&) {
    ledger_.SetHealth(errors::LogCorrupt(3, "it has stopped"));
    return false;
  });
  WatchEntriesRequest request;
  EXPECT_THAT(handlers_.WatchEntries(call_, request, listener), HasReason("LOG_CORRUPT"));
  EXPECT_EQ(listener.heard().size(), 1u);
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
