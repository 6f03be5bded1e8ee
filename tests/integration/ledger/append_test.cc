// What a caller of one replica sees.
#include <limits>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/integration/ledger/log_fixture.h"

namespace seisaku::ledger {
namespace {

using testing::Eq;
using testing::IsEmpty;
using testing::Pointee;
using testing::SizeIs;

using AppendTest = LogTest;

Position PublishedSize(Ledger& ledger) { return ledger.WaitForSize(0, absl::Now()); }

TEST_F(AppendTest, EventsAreAppendedAtDensePositionsAndCanBeRead) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_OK_AND_ASSIGN(Outcome first, Write(*replica->ledger, {"write a 一", "write b 二"}));
  ASSERT_OK_AND_ASSIGN(Outcome second, Write(*replica->ledger, {"write a 三"}));
  EXPECT_EQ(first.begin, 0u);
  EXPECT_EQ(first.end, 2u);
  EXPECT_EQ(second.begin, 2u);
  EXPECT_LT(first.recorded_at, second.recorded_at);
  ASSERT_OK_AND_ASSIGN(Snapshot now, replica->ledger->Read({}));
  EXPECT_EQ(now.size(), 3u);
  EXPECT_THAT(replica->notebook.Find("a", now.size()), Pointee(Eq("三")));
}

TEST_F(AppendTest, ReadsAsOfASizeOrTimeSeeWholeCommandsOnly) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_OK_AND_ASSIGN(Outcome first, Write(*replica->ledger, {"write a 1", "write b 1"}));
  ASSERT_OK_AND_ASSIGN(Outcome second, Write(*replica->ledger, {"write a 2", "write b 2"}));
  type::v1::AsOf as_of;
  as_of.set_size(3);
  EXPECT_EQ(replica->ledger->Read({.as_of = as_of})->size(), 2u);
  as_of.mutable_time()->set_seconds(absl::ToUnixSeconds(first.recorded_at) - 1);
  EXPECT_EQ(replica->ledger->Read({.as_of = as_of})->size(), 0u);
  as_of.mutable_time()->set_seconds(absl::ToUnixSeconds(second.recorded_at) + 1);
  EXPECT_EQ(replica->ledger->Read({.as_of = as_of})->size(), 4u);
  as_of.set_size(5);
  EXPECT_THAT(replica->ledger->Read({.as_of = as_of}), HasReason("POSITION_BEYOND_END"));
}

TEST_F(AppendTest, ATimeThatIsNoTimestampIsRefused) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
  const auto read = [&](int64_t seconds, int32_t nanos) {
    type::v1::AsOf as_of;
    as_of.mutable_time()->set_seconds(seconds);
    as_of.mutable_time()->set_nanos(nanos);
    return replica->ledger->Read({.as_of = as_of});
  };
  constexpr int64_t kFirst = -62'135'596'800;
  constexpr int64_t kLast = 253'402'300'799;
  EXPECT_EQ(read(kFirst, 0)->size(), 0u);
  EXPECT_EQ(read(kLast, 999'999'999)->size(), 1u);
  for (const int64_t seconds : {kFirst - 1, kLast + 1, std::numeric_limits<int64_t>::max()}) {
    EXPECT_THAT(read(seconds, 0), HasReason("INVALID_FIELD")) << seconds;
  }
  for (const int32_t nanos : {-1, 1'000'000'000, std::numeric_limits<int32_t>::min()}) {
    EXPECT_THAT(read(0, nanos), HasReason("INVALID_FIELD")) << nanos;
  }
}

TEST_F(AppendTest, RepeatedRequestIdReturnsTheOriginalPositions) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  Command command = MakeCommand({"write a 1", "write b 1"});
  ASSERT_OK_AND_ASSIGN(Outcome original, Append(*replica->ledger, command));
  ASSERT_THAT(Write(*replica->ledger, {"write a 2"}), IsOk());
  ASSERT_OK_AND_ASSIGN(Outcome repeated, Append(*replica->ledger, command));
  EXPECT_TRUE(repeated.repeated);
  EXPECT_EQ(repeated.begin, original.begin);
  EXPECT_EQ(repeated.end, original.end);
  EXPECT_EQ(repeated.recorded_at, original.recorded_at);
  ASSERT_THAT(repeated.entries, SizeIs(2));
  EXPECT_EQ(repeated.entries[1].SerializeAsString(), original.entries[1].SerializeAsString());
  EXPECT_EQ(PublishedSize(*replica->ledger), 3u);
}

TEST_F(AppendTest, ARepetitionThatWouldBeRefusedByNowGetsItsOriginalOutcome) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  Command command = MakeCommand({"claim a"});
  ASSERT_OK_AND_ASSIGN(Outcome original, Append(*replica->ledger, command));
  EXPECT_THAT(Write(*replica->ledger, {"claim a"}), HasReason("RESOURCE_EXISTS"));
  ASSERT_OK_AND_ASSIGN(Outcome repeated, Append(*replica->ledger, command));
  EXPECT_TRUE(repeated.repeated);
  EXPECT_EQ(repeated.begin, original.begin);
}

TEST_F(AppendTest, AStepThatIsSoAlreadyIsDecidedAndAddsNothing) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  Command command = MakeCommand({"write a 1", "write b 1", "write a 2"});
  command.unchanged = {1};
  ASSERT_OK_AND_ASSIGN(Outcome added, Append(*replica->ledger, command));
  EXPECT_THAT(added.entries, SizeIs(2));
  EXPECT_EQ(replica->notebook.Find("b", added.end), nullptr);

  Command refused = MakeCommand({"write a 3", "refuse"});
  refused.unchanged = {1};
  EXPECT_THAT(Append(*replica->ledger, refused), HasReason("INVALID_FIELD"));
  Command alone = MakeCommand({"claim a"});
  alone.unchanged = {0};
  EXPECT_THAT(Append(*replica->ledger, alone), HasReason("RESOURCE_EXISTS"));
  EXPECT_EQ(PublishedSize(*replica->ledger), 2u);
}

TEST_F(AppendTest, ARepetitionOfWhatIsSoByNowGetsItsOriginalOutcome) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  Command command = MakeCommand({"write a 1"});
  ASSERT_OK_AND_ASSIGN(Outcome original, Append(*replica->ledger, command));
  command.unchanged = {0};
  ASSERT_OK_AND_ASSIGN(Outcome repeated, Append(*replica->ledger, command));
  EXPECT_TRUE(repeated.repeated);
  EXPECT_EQ(repeated.begin, original.begin);
  EXPECT_EQ(repeated.end, original.end);
}

TEST_F(AppendTest, TheSameRequestIdWithAnotherBodyIsRefused) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  std::string id = NewUuid();
  ASSERT_THAT(Append(*replica->ledger, MakeCommand({"write a 1"}, id)), IsOk());
  EXPECT_THAT(Append(*replica->ledger, MakeCommand({"write a 2"}, id)), HasReason("REQUEST_ID_REUSED"));
  EXPECT_EQ(PublishedSize(*replica->ledger), 1u);
}

TEST_F(AppendTest, AnotherCallerMayUseTheSameRequestId) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  Command command = MakeCommand({"write a 1"});
  ASSERT_THAT(Append(*replica->ledger, command), IsOk());
  command.caller.subject = "seisaku://test/planner/p2";
  command.steps = {Step("write a 2")};
  ASSERT_OK_AND_ASSIGN(Outcome outcome, Append(*replica->ledger, command));
  EXPECT_FALSE(outcome.repeated);
}

TEST_F(AppendTest, ARefusedStepRefusesItsWholeCommandAndNothingElse) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  Command command = MakeCommand({"write a 1", "refuse"});
  command.as_sent = [](const absl::Status& status, const google::protobuf::Message&, size_t index) {
    return WithFieldPrefix(status, absl::StrCat("steps[", index, "]."));
  };
  absl::StatusOr<Outcome> refused = Append(*replica->ledger, command);
  EXPECT_THAT(refused, HasReason("INVALID_FIELD"));
  ASSERT_TRUE(GetBadRequest(refused.status()).has_value());
  EXPECT_EQ(GetBadRequest(refused.status())->field_violations(0).field(), "steps[1].step");
  ASSERT_OK_AND_ASSIGN(Outcome next, Write(*replica->ledger, {"claim a"}));
  EXPECT_EQ(next.begin, 0u);
}

TEST_F(AppendTest, AStepSeesWhatTheStepsBeforeItDid) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  EXPECT_THAT(Write(*replica->ledger, {"claim a", "claim a"}), HasReason("RESOURCE_EXISTS"));
  ASSERT_OK_AND_ASSIGN(Outcome outcome, Write(*replica->ledger, {"write a x", "write a x", "write a y"}));
  EXPECT_THAT(outcome.entries, SizeIs(2));
}

TEST_F(AppendTest, ACommandThatChangesNothingAddsNothing) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
  ASSERT_OK_AND_ASSIGN(Outcome outcome, Write(*replica->ledger, {"write a 1"}));
  EXPECT_EQ(outcome.begin, 1u);
  EXPECT_EQ(outcome.end, 1u);
  EXPECT_THAT(outcome.entries, IsEmpty());
  EXPECT_EQ(PublishedSize(*replica->ledger), 1u);
}

TEST_F(AppendTest, ValidateOnlyShowsWhatWouldBeAndAddsNothing) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  Command command = MakeCommand({"write a 1"});
  command.validate_only = true;
  std::string seen;
  ASSERT_THAT(replica->ledger->Append(
                  command, absl::Now() + absl::Seconds(20),
                  [&](const Outcome& outcome) { seen = *replica->notebook.Find("a", outcome.end); }),
              IsOk());
  EXPECT_EQ(seen, "1");
  EXPECT_EQ(PublishedSize(*replica->ledger), 0u);
  ASSERT_OK_AND_ASSIGN(Outcome real, Write(*replica->ledger, {"write b 1"}));
  EXPECT_EQ(real.begin, 0u);
  EXPECT_THAT(Write(*replica->ledger, {"claim a"}), IsOk());
}

TEST_F(AppendTest, CommandsBeyondTheBoundsAreRefused) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  std::vector<std::string> steps(kMaxCommandEvents + 1, "write a 1");
  EXPECT_THAT(Write(*replica->ledger, steps), HasReason("COMMAND_TOO_LARGE"));
  EXPECT_THAT(Write(*replica->ledger, {"write a " + std::string(kMaxCommandBytes, 'x')}),
              HasReason("COMMAND_TOO_LARGE"));
  EXPECT_EQ(PublishedSize(*replica->ledger), 0u);
}

TEST_F(AppendTest, ManyCallersAtOnceGetDistinctDensePositions) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  constexpr int kCallers = 16;
  constexpr int kCommands = 25;
  std::vector<std::vector<Position>> positions(kCallers);
  std::vector<std::thread> threads;
  for (int caller = 0; caller < kCallers; ++caller) {
    threads.emplace_back([&, caller] {
      for (int i = 0; i < kCommands; ++i) {
        auto outcome = Write(*replica->ledger, {absl::StrCat("write k", caller, " ", i)});
        if (outcome.ok()) positions[caller].push_back(outcome->begin);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<Position> all;
  for (const auto& some : positions) {
    EXPECT_TRUE(std::is_sorted(some.begin(), some.end()));
    all.insert(all.end(), some.begin(), some.end());
  }
  std::sort(all.begin(), all.end());
  ASSERT_THAT(all, SizeIs(kCallers * kCommands));
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], i);
}

TEST_F(AppendTest, AReadWaitsForItsMinimalPosition) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  std::thread writer([&] { EXPECT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk()); });
  EXPECT_THAT(replica->ledger->Read({.min_position = 1, .deadline = absl::Now() + absl::Seconds(20)}),
              IsOk());
  writer.join();
  EXPECT_THAT(replica->ledger->Read({.min_position = 2, .deadline = absl::Now()}),
              HasReason("POSITION_NOT_REACHED"));
}

}  // namespace
}  // namespace seisaku::ledger
