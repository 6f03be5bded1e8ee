// Several replicas on one log, with no leader.
#include <atomic>
#include <set>
#include <thread>

#include "fmt/format.h"
#include "tests/integration/ledger/log_fixture.h"

namespace seisaku::ledger {
namespace {

using testing::SizeIs;

using ReplicasTest = LogTest;

TEST_F(ReplicasTest, PositionsAreDenseWhoeverAppends) {
  constexpr int kReplicas = 3;
  constexpr int kThreads = 4;
  constexpr int kCommands = 20;
  std::vector<std::unique_ptr<Replica>> replicas;
  for (int i = 0; i < kReplicas; ++i) {
    ASSERT_OK_AND_ASSIGN(auto replica, Open());
    replicas.push_back(std::move(replica));
  }
  std::vector<std::vector<Position>> positions(kReplicas * kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kReplicas * kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCommands; ++i) {
        auto outcome = Write(*replicas[t % kReplicas]->ledger, {absl::StrCat("write k", t, " ", i)});
        EXPECT_THAT(outcome, IsOk());
        if (outcome.ok()) positions[t].push_back(outcome->begin);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::set<Position> all;
  for (const auto& some : positions) all.insert(some.begin(), some.end());
  constexpr Position kTotal = kReplicas * kThreads * kCommands;
  ASSERT_THAT(all, SizeIs(kTotal));
  EXPECT_EQ(*all.rbegin(), kTotal - 1);
  std::vector<std::vector<std::string>> states;
  for (auto& replica : replicas) {
    ASSERT_EQ(replica->ledger->WaitForSize(kTotal, absl::Now() + absl::Seconds(20)), kTotal);
    ASSERT_OK_AND_ASSIGN(Snapshot now, replica->ledger->Read({}));
    auto& state = states.emplace_back();
    replica->notebook.VisitRecords(now.size(), [&](const StateMachine::Record& record) {
      state.push_back(
          fmt::format("{} {} {} {}", record.resource, record.revision, record.position, record.content));
    });
  }
  EXPECT_EQ(states[0], states[1]);
  EXPECT_EQ(states[0], states[2]);
}

TEST_F(ReplicasTest, AReplicaDecidesAgainstWhatOthersCommitted) {
  ASSERT_OK_AND_ASSIGN(auto one, Open({.poll_interval = absl::Hours(1)}));
  ASSERT_OK_AND_ASSIGN(auto two, Open({.poll_interval = absl::Hours(1)}));
  ASSERT_THAT(Write(*one->ledger, {"claim a"}), IsOk());
  EXPECT_THAT(Write(*two->ledger, {"claim a"}), HasReason("RESOURCE_EXISTS"));
}

TEST_F(ReplicasTest, ANotificationWakesTheOtherReplica) {
  ASSERT_OK_AND_ASSIGN(auto one, Open());
  ASSERT_OK_AND_ASSIGN(auto two, Open({.poll_interval = absl::Hours(1)}));
  Position size = 0;
  const auto is_seen = [&](absl::Duration patience) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const Outcome outcome, Write(*one->ledger, {absl::StrCat("write a ", size)}));
    size = outcome.end;
    return two->ledger->WaitForSize(size, absl::Now() + patience) >= size;
  };
  // Its listener may not listen yet. It looks once when it does, so the first entry that is seen shows only that.
  for (absl::Time end = absl::Now() + absl::Seconds(20); absl::Now() < end;) {
    ASSERT_OK_AND_ASSIGN(const bool listens, is_seen(absl::Seconds(1)));
    if (listens) break;
  }
  EXPECT_THAT(is_seen(absl::Seconds(20)), IsOkAndHolds(true));
}

TEST_F(ReplicasTest, ARetryAtAnotherReplicaGetsTheOriginalOutcome) {
  ASSERT_OK_AND_ASSIGN(auto one, Open());
  ASSERT_OK_AND_ASSIGN(auto two, Open());
  Command command = MakeCommand({"write a 1"});
  ASSERT_OK_AND_ASSIGN(Outcome original, Append(*one->ledger, command));
  ASSERT_OK_AND_ASSIGN(Outcome repeated, Append(*two->ledger, command));
  EXPECT_TRUE(repeated.repeated);
  EXPECT_EQ(repeated.begin, original.begin);
}

TEST_F(ReplicasTest, TheSameRequestAtSeveralReplicasAtOnceIsAppendedOnce) {
  ASSERT_OK_AND_ASSIGN(auto one, Open());
  ASSERT_OK_AND_ASSIGN(auto two, Open());
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds; ++round) {
    Command command = MakeCommand({absl::StrCat("write a ", round)});
    std::vector<std::thread> threads;
    std::atomic<int> originals = 0;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&, i] {
        auto outcome = Append(i % 2 == 0 ? *one->ledger : *two->ledger, command);
        EXPECT_THAT(outcome, IsOk());
        if (outcome.ok() && !outcome->repeated) ++originals;
        if (outcome.ok()) {
          EXPECT_EQ(outcome->begin, static_cast<Position>(round));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(originals, 1);
  }
}

}  // namespace
}  // namespace seisaku::ledger
