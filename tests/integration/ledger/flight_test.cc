// While PostgreSQL adds a large batch the next one is decided on top of it: whatever becomes of the first,
// both are answered right.
#include <thread>

#include "services/base/status.h"
#include "tests/integration/ledger/log_fixture.h"

namespace seisaku::ledger {
namespace {

using testing::IsNull;

constexpr int kLarge = 500;
constexpr Position kTentative = ~Position{0};
// How many sessions wait for a lock.
constexpr postgres::Statement kWaiting = {"waiting",
                                          "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"};

class FlightTest : public LogTest {
 protected:
  void SetUp() override {
    LogTest::SetUp();
    holder_ = *postgres::Database::Create(
        {.dsn = cluster().Dsn(database_), .idle_in_transaction_timeout = absl::Minutes(5)});
    ASSERT_OK_AND_ASSIGN(replica_, Open());
    ASSERT_THAT(Write(*replica_->ledger, {"write first 1"}), IsOk());  // from now on it appends at once
  }

  // Commits wait for the gate; what happens then to one with a line of "doomed" is `end`.
  void MakeGate(const std::string& end) {
    ASSERT_THAT(cluster().Sql(database_, absl::StrCat(R"(
        CREATE FUNCTION wait_for_gate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
          PERFORM pg_advisory_xact_lock(42);
          IF position('doomed'::bytea IN NEW.bytes) > 0 THEN )",
                                                      end, R"(; END IF;
          RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION wait_for_gate())")),
                IsOk());
  }

  // Runs `meanwhile` in a transaction that holds a lock.
  void Holding(const postgres::Statement& lock, postgres::Parameters parameters,
               absl::FunctionRef<void()> meanwhile) {
    const auto hold = [&](postgres::Transaction& transaction) -> absl::Status {
      RETURN_IF_ERROR(transaction.Execute(lock, parameters).status());
      meanwhile();
      return absl::OkStatus();
    };
    EXPECT_THAT(holder_->Run("hold", hold), IsOk());
  }
  void WithGateClosed(absl::FunctionRef<void()> meanwhile, int gate = 42) {
    Holding({"close", "SELECT pg_advisory_xact_lock($1)"}, {gate}, meanwhile);
  }

  // A line for each of KEY0, KEY1, ….
  static Command Large(const std::string& verb, const std::string& key, const std::string& words) {
    std::vector<std::string> steps;
    for (int i = 0; i < kLarge; ++i) steps.push_back(absl::StrCat(verb, " ", key, i, " ", words));
    return MakeCommand(std::move(steps));
  }

  // Sends the command; `outcome` is there when the thread has ended.
  std::thread Send(const Command& command, absl::StatusOr<Outcome>* outcome) {
    return std::thread([this, command, outcome] { *outcome = Append(*replica_->ledger, command); });
  }

  // Until a command with this key is decided and folded; no reader sees it.
  void WaitUntilDecided(const std::string& key) {
    for (bool decided = false; !decided; std::this_thread::yield()) {
      absl::StatusOr<Snapshot> now = replica_->ledger->Read({});
      ASSERT_THAT(now, IsOk());
      EXPECT_THAT(replica_->notebook.Find(key, now->size()), IsNull());
      decided = replica_->notebook.Find(key, kTentative) != nullptr;
    }
  }

  // Until so many sessions wait for a lock. Soon: what waits for longer than a statement may take is given
  // up.
  void WaitUntilHeldUp(int64_t sessions) {
    for (int64_t waiting = -1; waiting != sessions; std::this_thread::yield()) {
      ASSERT_OK_AND_ASSIGN(waiting, holder_->Read("waiting", [](postgres::Transaction& transaction) {
        return HeldUp(transaction);
      }));
    }
  }
  static absl::StatusOr<int64_t> HeldUp(postgres::Transaction& transaction) {
    ASSIGN_OR_RETURN(const postgres::Rows rows, transaction.Execute(kWaiting));
    return rows.GetInt64(0, 0);
  }

  // Both are decided before the first of them is committed, which it may be afterwards.
  void DecideBoth(const Command& one, const Command& two) {
    WithGateClosed([&] {
      threads_.push_back(Send(one, &first_));
      WaitUntilDecided("a0");
      threads_.push_back(Send(two, &second_));
      WaitUntilDecided("b0");
    });
  }
  void SendBoth(const Command& one, const Command& two) {
    DecideBoth(one, two);
    Join();
  }
  void Join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  // Somebody who folds the log from nothing finds what this replica has.
  void ExpectSound(Position size) {
    ASSERT_OK_AND_ASSIGN(auto other, Open());
    EXPECT_EQ(other->ledger->Read({})->size(), size);
    EXPECT_EQ(replica_->ledger->Read({})->size(), size);
    ASSERT_OK_AND_ASSIGN(Digests theirs, other->ledger->DigestState(size, absl::InfiniteFuture()));
    ASSERT_OK_AND_ASSIGN(Digests ours, replica_->ledger->DigestState(size, absl::InfiniteFuture()));
    EXPECT_EQ(ours.state, theirs.state);
    EXPECT_THAT(Write(*other->ledger, {"write last 1"}), IsOk());
    EXPECT_THAT(Write(*replica_->ledger, {"write last 2"}), IsOk());
  }

  // Where the first ends so, the second takes its place.
  void ExpectDecidedAgain(const std::string& end, const std::string& reason) {
    MakeGate(end);
    SendBoth(Large("write", "a", "doomed"), Large("write", "b", "1"));
    EXPECT_THAT(first_, HasReason(reason));
    ASSERT_THAT(second_, IsOk());
    EXPECT_EQ(second_->begin, 1u);
    ExpectSound(1 + kLarge);
  }

  absl::StatusOr<Outcome> first_, second_;
  std::vector<std::thread> threads_;
  std::unique_ptr<postgres::Database> holder_;
  std::unique_ptr<Replica> replica_;
};

TEST_F(FlightTest, WhatWasDecidedMeanwhileFollows) {
  MakeGate("NULL");
  SendBoth(Large("write", "a", "1"), Large("write", "b", "1"));
  ASSERT_THAT(first_, IsOk());
  EXPECT_EQ(first_->begin, 1u);
  ASSERT_THAT(second_, IsOk());
  EXPECT_EQ(second_->begin, 1u + kLarge);
  EXPECT_GT(second_->recorded_at, first_->recorded_at);
  ExpectSound(1 + 2 * kLarge);
}

TEST_F(FlightTest, OnlyWhatIsCommittedIsPublished) {
  MakeGate("PERFORM pg_advisory_xact_lock(43)");  // another gate
  WithGateClosed(
      [&] {
        DecideBoth(Large("write", "a", "1"), Large("write", "b", "doomed"));
        EXPECT_EQ(replica_->ledger->WaitForSize(1 + kLarge, absl::InfiniteFuture()), 1u + kLarge);
        WaitUntilHeldUp(1);
        ASSERT_OK_AND_ASSIGN(Snapshot now, replica_->ledger->Read({}));
        EXPECT_EQ(now.size(), 1u + kLarge);
        EXPECT_THAT(replica_->notebook.Find("b0", now.size()), IsNull());
      },
      43);
  Join();
  ASSERT_THAT(second_, IsOk());
  ExpectSound(1 + 2 * kLarge);
}

TEST_F(FlightTest, WhatWasDecidedOnTopOfAFailureIsDecidedAgain) {
  ExpectDecidedAgain("RAISE EXCEPTION 'doomed'", "STORAGE_ERROR");
}

TEST_F(FlightTest, WhatWasDecidedOnTopOfALostCommitIsDecidedAgain) {
  ExpectDecidedAgain("PERFORM pg_terminate_backend(pg_backend_pid())", "STORAGE_UNAVAILABLE");
}

TEST_F(FlightTest, WhatWasDecidedOnTopOfAnUnclearCommitThatTookPlaceFollows) {
  MakeGate("RAISE WARNING 'doomed'");
  SendBoth(Large("write", "a", "doomed"), Large("write", "b", "1"));
  ASSERT_THAT(first_, IsOk());
  EXPECT_EQ(first_->begin, 1u);
  ASSERT_THAT(second_, IsOk());
  EXPECT_EQ(second_->begin, 1u + kLarge);
  ExpectSound(1 + 2 * kLarge);
}

TEST_F(FlightTest, WhatWasDecidedOnTopOfARepetitionIsDecidedAgain) {
  const Command repeated = Large("write", "a", "1");
  ASSERT_OK_AND_ASSIGN(Outcome original, Append(*replica_->ledger, repeated));
  ASSERT_THAT(Append(*replica_->ledger, Large("write", "a", "2")), IsOk());  // so it would add something
  Holding({"lock", "SELECT FROM log_head FOR UPDATE"}, {}, [&] {
    threads_.push_back(Send(repeated, &first_));
    WaitUntilHeldUp(1);
    threads_.push_back(Send(Large("write", "b", "1"), &second_));
    WaitUntilDecided("b0");
  });
  Join();
  ASSERT_THAT(first_, IsOk());
  EXPECT_TRUE(first_->repeated);
  EXPECT_EQ(first_->begin, original.begin);
  ASSERT_THAT(second_, IsOk());
  EXPECT_EQ(second_->begin, 1u + 2 * kLarge);
  ExpectSound(1 + 3 * kLarge);
}

TEST_F(FlightTest, WhatARefusedCommandDidIsNothingToThoseThatAreDecidedWithIt) {
  constexpr int kOthers = 8;
  std::vector<std::string> steps;
  for (int i = 0; i < kOthers; ++i) steps.push_back(absl::StrCat("write c", i, " 1"));
  steps.push_back("refuse");
  absl::StatusOr<Outcome> refused;
  std::vector<absl::StatusOr<Outcome>> others(kOthers);
  MakeGate("NULL");
  WithGateClosed([&] {
    threads_.push_back(Send(Large("write", "a", "1"), &first_));
    WaitUntilDecided("a0");
    threads_.push_back(Send(Large("write", "b", "1"), &second_));
    WaitUntilDecided("b0");  // until the first is in the log nothing more is decided: the rest is one batch
    threads_.push_back(Send(MakeCommand(std::move(steps)), &refused));
    for (int i = 0; i < kOthers; ++i) {
      threads_.push_back(Send(MakeCommand({absl::StrCat("claim c", i)}), &others[i]));
    }
  });
  Join();
  EXPECT_THAT(refused, HasReason("INVALID_FIELD"));
  for (const absl::StatusOr<Outcome>& other : others) EXPECT_THAT(other, IsOk());
  ExpectSound(1 + 2 * kLarge + kOthers);
}

TEST_F(FlightTest, ARepetitionOfWhatIsInFlightGetsItsOutcome) {
  MakeGate("NULL");
  for (const char* verb : {"write", "claim"}) {  // which would change nothing, and be refused
    const Command command = Large(verb, verb, "1");
    WithGateClosed([&] {
      threads_.push_back(Send(command, &first_));
      WaitUntilHeldUp(1);
      threads_.push_back(Send(command, &second_));
    });
    Join();
    ASSERT_THAT(first_, IsOk());
    ASSERT_THAT(second_, IsOk());
    EXPECT_EQ(first_->begin, second_->begin);
    EXPECT_NE(first_->repeated, second_->repeated);
  }
  ExpectSound(1 + 2 * kLarge);
}

// Whom PostgreSQL lets go first of those who want the head is its own affair: so the second batch waits
// before it asks for the head, until the other replica has appended.
TEST_F(FlightTest, AnotherReplicaThatIsFirstGoesFirst) {
  MakeGate("NULL");
  ASSERT_OK_AND_ASSIGN(auto other, Open({.dsn = ServiceDsn() + " application_name=other"}));
  ASSERT_THAT(cluster().Sql(database_, R"(
      CREATE FUNCTION wait_before_head() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT size FROM log_head) > 1 AND current_setting('application_name') <> 'other' THEN
          PERFORM pg_advisory_xact_lock(43);
        END IF;
        RETURN NULL; END $$;
      CREATE TRIGGER before_head BEFORE UPDATE ON log_head
        FOR EACH STATEMENT EXECUTE FUNCTION wait_before_head())"),
              IsOk());
  absl::StatusOr<Outcome> between;
  WithGateClosed(
      [&] {
        DecideBoth(Large("write", "a", "1"), Large("write", "b", "1"));
        EXPECT_EQ(replica_->ledger->WaitForSize(1 + kLarge, absl::InfiniteFuture()), 1u + kLarge);
        between = Write(*other->ledger, {"write a0 2"});
      },
      43);
  Join();
  ASSERT_THAT(cluster().Sql(database_, "DROP TRIGGER before_head ON log_head"), IsOk());
  ASSERT_THAT(first_, IsOk());
  ASSERT_THAT(between, IsOk());
  ASSERT_THAT(second_, IsOk());
  EXPECT_EQ(between->begin, 1u + kLarge);
  EXPECT_EQ(second_->begin, 2u + kLarge);
  ExpectSound(2 + 2 * kLarge);
}

TEST_F(FlightTest, AReplicaThatStopsLandsWhatIsInFlight) {
  MakeGate("NULL");
  WithGateClosed([&] {
    threads_.push_back(Send(Large("write", "a", "1"), &first_));
    WaitUntilHeldUp(1);
    threads_.push_back(std::thread([&] { replica_->ledger.reset(); }));
  });
  Join();
  // Whether it was told or given up, it is in the log once.
  EXPECT_THAT(first_, testing::AnyOf(IsOk(), HasReason("OUTCOME_UNKNOWN")));
  EXPECT_THAT(cluster().Sql(database_, "SELECT size FROM log_head"), IsOkAndHolds(absl::StrCat(1 + kLarge)));
}

}  // namespace
}  // namespace seisaku::ledger
