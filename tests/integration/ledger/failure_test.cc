// What holds when something breaks: nothing acknowledged is lost, nothing is doubled, nothing unfinished is
// seen.
#include <atomic>
#include <thread>

#include "services/ledger/log_store.h"
#include "tests/integration/ledger/load.h"

namespace seisaku::ledger {
namespace {

using testing::AnyOf;
using testing::IsNull;

using FailureTest = LogTest;

// Holds the head row's lock from a session of its own, as a replica that hangs would.
class HeldHead {
 public:
  HeldHead(const std::string& dsn) : database_(*postgres::Database::Create({.dsn = dsn})) {
    thread_ = std::thread([this] {
      (void)database_->Run("hold", [this](postgres::Transaction& transaction) -> absl::Status {
        static constexpr postgres::Statement kLock = {"hold", "SELECT 1 FROM log_head FOR UPDATE"};
        RETURN_IF_ERROR(transaction.Execute(kLock).status());
        MutexLock lock(mutex_);
        held_ = true;
        changed_.NotifyAll();
        while (held_) changed_.Wait(mutex_);
        return absl::OkStatus();
      });
    });
    MutexLock lock(mutex_);
    while (!held_) changed_.Wait(mutex_);
  }
  void Release() {
    {
      MutexLock lock(mutex_);
      held_ = false;
      changed_.NotifyAll();
    }
    thread_.join();
  }

 private:
  std::unique_ptr<postgres::Database> database_;
  Mutex mutex_;
  CondVar changed_;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

TEST_F(FailureTest, ACommitThatFailsLeavesNoTraceInTheState) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(cluster().Sql(database_, R"(
      CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'poisoned'; END $$;
      CREATE CONSTRAINT TRIGGER poison AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION poison())"),
              IsOk());
  EXPECT_THAT(Write(*replica->ledger, {"claim a"}), HasReason("STORAGE_ERROR"));
  {
    ASSERT_OK_AND_ASSIGN(Snapshot now, replica->ledger->Read({}));
    EXPECT_EQ(now.size(), 0u);
    EXPECT_THAT(replica->notebook.Find("a", 1000), IsNull());
    EXPECT_EQ(replica->notebook.published(), 0u);
  }
  ASSERT_THAT(cluster().Sql(database_, "DROP TRIGGER poison ON entry"), IsOk());
  ASSERT_OK_AND_ASSIGN(Outcome outcome, Write(*replica->ledger, {"claim a"}));
  EXPECT_EQ(outcome.begin, 0u);
}

// PostgreSQL answers such a COMMIT with a warning, as it does when it stops waiting for its standby: the
// client cannot know from the answer whether the commit is where it has to be.
constexpr char kUnclearCommit[] = R"(
    CREATE FUNCTION unclear() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE WARNING 'unclear'; RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER unclear AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION unclear())";

// The server ends the session in the middle of COMMIT.
constexpr char kLostCommit[] = R"(
    CREATE FUNCTION lost() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER lost AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION lost())";

TEST_F(FailureTest, AnUnknownCommitThatTookPlaceIsFoundAndAcknowledged) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(cluster().Sql(database_, kUnclearCommit), IsOk());
  ASSERT_OK_AND_ASSIGN(Outcome outcome, Write(*replica->ledger, {"claim a"}));
  EXPECT_EQ(outcome.begin, 0u);
  EXPECT_FALSE(outcome.repeated);
  ASSERT_OK_AND_ASSIGN(Outcome next, Write(*replica->ledger, {"claim b"}));
  EXPECT_EQ(next.begin, 1u);
}

TEST_F(FailureTest, AnUnknownCommitThatDidNotTakePlaceIsNotAcknowledged) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(cluster().Sql(database_, kLostCommit), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::string version, cluster().Sql(database_, "SELECT xmin FROM log_head"));
  Command command = MakeCommand({"claim a"});
  EXPECT_THAT(Append(*replica->ledger, command), HasReason("STORAGE_UNAVAILABLE"));
  EXPECT_EQ(replica->ledger->Read({})->size(), 0u);
  // If it were still on its way, it would find another head.
  EXPECT_THAT(cluster().Sql(database_, "SELECT xmin FROM log_head"), IsOkAndHolds(testing::Ne(version)));
  ASSERT_THAT(cluster().Sql(database_, "DROP TRIGGER lost ON entry"), IsOk());
  ASSERT_OK_AND_ASSIGN(Outcome outcome, Append(*replica->ledger, command));
  EXPECT_EQ(outcome.begin, 0u);
  EXPECT_FALSE(outcome.repeated);
}

TEST_F(FailureTest, WhatIsGivenUpAndComesLaterAddsNothing) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
  auto database = *postgres::Database::Create({.dsn = cluster().Dsn(database_)});
  Head head;
  ASSERT_THAT(database->Run("read",
                            [&](postgres::Transaction& transaction) -> absl::Status {
                              ASSIGN_OR_RETURN(head, ReadHead(transaction));
                              return absl::OkStatus();
                            }),
              IsOk());
  ASSERT_OK_AND_ASSIGN(const auto first, replica->ledger->ReadEntries(0, 1, /*with_texts=*/false));
  WriteBatch late{TileBuilder()};
  late.Append({}, first[0].bytes);
  late = WriteBatch(late.edge);
  late.Append({}, "late");
  late.Seal(LogKey());
  const auto add = [&](postgres::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(auto added, AppendEntries(transaction, late, head.identity(), {}, AfterAppend::kCommit));
    EXPECT_FALSE(added.has_value());
    return absl::OkStatus();
  };
  ASSERT_THAT(database->Run("touch", TouchHead), IsOk());  // the same size, and another version
  EXPECT_THAT(database->Run("late", add), IsOk());
  EXPECT_THAT(cluster().Sql(database_, "SELECT count(*) FROM entry"), IsOkAndHolds("1"));
  EXPECT_THAT(Write(*replica->ledger, {"write a 2"}), IsOk());
  EXPECT_THAT(database->Run("late", add), IsOk());
  EXPECT_EQ(replica->ledger->Read({})->size(), 2u);
}

TEST_F(FailureTest, WhatWasDecidedOnAnotherHistoryAddsNothing) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  auto database = *postgres::Database::Create({.dsn = cluster().Dsn(database_)});
  ASSERT_OK_AND_ASSIGN(const Head head, database->Read("read", ReadHead));
  // Of the same size and version, as the head of a copy may be that has grown since.
  const HeadIdentity other = {.version = head.version, .seal = std::string(kSealBytes, 'x')};
  WriteBatch addition{TileBuilder()};
  addition.Append({}, "on another history");
  addition.Seal(LogKey());
  const auto add = [&](postgres::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(auto added, AppendEntries(transaction, addition, other, {}, AfterAppend::kCommit));
    EXPECT_FALSE(added.has_value());
    return absl::OkStatus();
  };
  EXPECT_THAT(database->Run("add", add), IsOk());
  EXPECT_THAT(cluster().Sql(database_, "SELECT count(*) FROM entry"), IsOkAndHolds("0"));
}

// As kLostCommit, and no session is left to ask with.
constexpr char kAllLost[] = R"(
    CREATE FUNCTION lost() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database();
        RETURN NULL;
      END $$;
    CREATE CONSTRAINT TRIGGER lost AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION lost())";

TEST_F(FailureTest, AReplicaThatStopsBeforeItCanResolveAnUnknownCommitLeavesTheOutcomeOpen) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(cluster().Sql(database_, kAllLost), IsOk());
  const auto allow_connections = [this](const char* allowed) {
    return cluster().Sql("postgres",
                         absl::StrCat("ALTER DATABASE ", database_, " ALLOW_CONNECTIONS ", allowed));
  };
  ASSERT_THAT(allow_connections("false"), IsOk());
  Command command = MakeCommand({"claim a"});
  absl::Status answer;
  std::thread writer([&, ledger = replica->ledger.get()] { answer = Append(*ledger, command).status(); });
  while (replica->ledger->Health().ok()) std::this_thread::yield();
  replica->ledger.reset();
  writer.join();
  EXPECT_THAT(answer, HasReason("OUTCOME_UNKNOWN"));
  EXPECT_EQ(GetErrorInfo(answer)->metadata().at("request_id"), command.request_id);
  EXPECT_THAT(allow_connections("true"), IsOk());
}

TEST_F(FailureTest, ARequestThatAnotherReplicaAppendedMeanwhileIsNotTakenForTheLostCommit) {
  ASSERT_OK_AND_ASSIGN(auto one, Open());
  // As a role that may log in when the other may not.
  ASSERT_THAT(cluster().Sql("postgres", R"(DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'log_standby') THEN
        CREATE ROLE log_standby LOGIN IN ROLE log_service; END IF; END $$)"),
              IsOk());
  ASSERT_OK_AND_ASSIGN(auto two, Open({.dsn = cluster().Dsn(database_, "log_standby")}));
  ASSERT_THAT(cluster().Sql(database_, kLostCommit), IsOk());
  ASSERT_THAT(cluster().Sql("postgres", "ALTER ROLE log_service NOLOGIN"), IsOk());
  Command command = MakeCommand({"claim a"});
  absl::Status answer;
  std::thread writer([&] { answer = Append(*one->ledger, command).status(); });
  while (one->ledger->Health().ok()) std::this_thread::yield();
  EXPECT_THAT(cluster().Sql(database_, "DROP TRIGGER lost ON entry"), IsOk());
  EXPECT_THAT(Append(*two->ledger, command), IsOk());
  EXPECT_THAT(cluster().Sql("postgres", "ALTER ROLE log_service LOGIN"), IsOk());
  writer.join();
  EXPECT_THAT(answer, HasReason("STORAGE_UNAVAILABLE"));
  ASSERT_OK_AND_ASSIGN(Outcome repeated, Append(*one->ledger, command));
  EXPECT_TRUE(repeated.repeated);
  EXPECT_THAT(Write(*one->ledger, {"claim b"}), IsOk());
  EXPECT_THAT(Write(*two->ledger, {"claim c"}), IsOk());  // who checks the frontier that the first has left
}

TEST_F(FailureTest, ReadersNeverSeeWhatIsNotCommitted) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  // Commits wait for a lock that the test holds: the entry is inserted, decided and folded, and not
  // committed.
  ASSERT_THAT(cluster().Sql(database_, R"(
      CREATE FUNCTION wait_for_gate() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION wait_for_gate())"),
              IsOk());
  auto gatekeeper = *postgres::Database::Create({.dsn = cluster().Dsn(database_)});
  std::thread writer;
  ASSERT_THAT(
      gatekeeper->Run(
          "gate",
          [&](postgres::Transaction& transaction) -> absl::Status {
            static constexpr postgres::Statement kClose = {"close", "SELECT pg_advisory_xact_lock(42)"};
            static constexpr postgres::Statement kWaiting = {
                "waiting",
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' "
                "AND objid = 42 AND NOT granted"};
            RETURN_IF_ERROR(transaction.Execute(kClose).status());
            writer = std::thread([&] { EXPECT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk()); });
            while (transaction.Execute(kWaiting)->GetInt64(0, 0) == 0) std::this_thread::yield();
            auto now = replica->ledger->Read({});
            EXPECT_THAT(now, IsOk());
            EXPECT_EQ(now->size(), 0u);
            EXPECT_THAT(replica->notebook.Find("a", now->size()), IsNull());
            return absl::OkStatus();
          }),
      IsOk());
  writer.join();
  EXPECT_EQ(replica->ledger->WaitForSize(1, absl::Now()), 1u);
}

TEST_F(FailureTest, ADeadlineThatPassesLeavesTheOutcomeToTheRetry) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  HeldHead head(cluster().Dsn(database_));
  Command command = MakeCommand({"write a 1"});
  EXPECT_THAT(Append(*replica->ledger, command, absl::Milliseconds(50)), HasReason("OUTCOME_UNKNOWN"));
  head.Release();
  ASSERT_OK_AND_ASSIGN(Outcome outcome, Append(*replica->ledger, command));
  EXPECT_EQ(outcome.begin, 0u);
  EXPECT_EQ(outcome.end, 1u);
}

TEST_F(FailureTest, AFullQueueRefusesAtOnceAndSaysWhenToTryAgain) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open({.max_queued_commands = 1}));
  HeldHead head(cluster().Dsn(database_));
  std::vector<std::thread> writers;
  std::atomic<int> appended = 0;
  std::atomic<int> full = 0;
  // One is being committed, one is queued; of four, two at least find no room.
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&, i] {
      auto outcome = Write(*replica->ledger, {absl::StrCat("write a ", i)});
      if (outcome.ok()) ++appended;
      if (ReasonOf(outcome.status()) == "QUEUE_FULL") {
        EXPECT_TRUE(GetRetryInfo(outcome.status()).has_value());
        ++full;
      }
    });
  }
  while (full < 2) std::this_thread::yield();
  head.Release();
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(appended + full, 4);
  EXPECT_GE(appended, 1);
}

TEST_F(FailureTest, CommandsThatWaitTogetherAreNoLargerThanOneMayBe) {
  constexpr int kSteps = kMaxCommandEvents / 2 + 1;  // any two together are too many
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  HeldHead head(cluster().Dsn(database_));
  std::atomic<int> told = 0;
  for (int i = 0; i < 4; ++i) {
    std::vector<std::string> steps;
    for (int step = 0; step < kSteps; ++step) steps.push_back(absl::StrCat("write a ", i, ".", step));
    replica->ledger->Submit(MakeCommand(std::move(steps)), absl::Now() + absl::Seconds(60),
                            [&told](absl::StatusOr<Outcome> outcome) {
                              EXPECT_THAT(outcome, IsOk());
                              ++told;
                            });
  }
  head.Release();
  EXPECT_EQ(replica->ledger->WaitForSize(4 * kSteps, absl::Now() + absl::Seconds(60)), 4u * kSteps);
  while (told < 4) std::this_thread::yield();
  EXPECT_THAT(cluster().Sql(database_, "SELECT count(DISTINCT xmin::text) FROM entry"), IsOkAndHolds("4"));
}

class SetClock final : public Clock {
 public:
  explicit SetClock(absl::Time now) : now_(now) {}
  absl::Time Now() const override { return now_; }

 private:
  absl::Time now_;
};

TEST_F(FailureTest, AClockFarFromTheHostsIsNotRecorded) {
  SetClock years_ago(absl::Now() - absl::Hours(24 * 365));
  ASSERT_OK_AND_ASSIGN(auto replica, Open({}, years_ago));
  EXPECT_THAT(Write(*replica->ledger, {"write a 1"}), HasReason("CLOCK_UNSOUND"));
}

TEST_F(FailureTest, AClockFarBehindTheLogIsNotRecorded) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
  // As if the last entry had been recorded while the clock was ahead.
  log::v1::Entry entry;
  entry.mutable_recorded_at()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 3600);
  ASSERT_OK_AND_ASSIGN(Frontier before, replica->ledger->FrontierAt(1));
  const Forgery later(before, entry);
  ASSERT_THAT(cluster().Sql(database_, later.Sql(later.SealBy(LogKey()))), IsOk());
  EXPECT_THAT(Write(*replica->ledger, {"write a 2"}), HasReason("CLOCK_UNSOUND"));
}

TEST_F(FailureTest, ALogThatHasShrunkStopsTheReplica) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
  ASSERT_THAT(cluster().Sql(database_,
                            "ALTER TABLE entry DISABLE TRIGGER append_only; DELETE FROM entry;"
                            "UPDATE log_head SET size = 0, sealed_size = 0, frontier = ''"),
              IsOk());
  absl::StatusOr<Outcome> refused = Write(*replica->ledger, {"write a 2"});
  EXPECT_THAT(refused, HasReason("LOG_CORRUPT"));
  EXPECT_THAT(refused.status().message(), testing::HasSubstr("an older copy was restored"));
  EXPECT_THAT(Write(*replica->ledger, {"write a 2"}), HasReason("LOG_CORRUPT"));
}

// A cluster of its own, to be killed.
class CrashTest : public LogTest {
 protected:
  PostgresCluster& cluster() override {
    if (cluster_ == nullptr) {
      auto started = PostgresCluster::Start();
      if (!started.ok()) throw std::runtime_error(started.status().ToString());
      cluster_ = *std::move(started);
    }
    return *cluster_;
  }

 private:
  std::unique_ptr<PostgresCluster> cluster_;
};

TEST_F(CrashTest, KilledPostgresLosesNothingAcknowledgedAndDoublesNothing) {
  constexpr int kKills = 3;
  ASSERT_OK_AND_ASSIGN(auto one, Open({.poll_interval = absl::Milliseconds(100)}));
  ASSERT_OK_AND_ASSIGN(auto two, Open({.poll_interval = absl::Milliseconds(100)}));
  Load load({one->ledger.get(), two->ledger.get()});
  Position reached = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    reached = one->ledger->WaitForSize(reached + 20, absl::Now() + absl::Seconds(60));
    ASSERT_THAT(cluster().Kill(), IsOk());
    ASSERT_THAT(cluster().Restart(), IsOk());
  }
  Position more = one->ledger->WaitForSize(reached + 20, absl::Now() + absl::Seconds(60));
  EXPECT_GE(more, reached + 20) << "no recovery after the last restart";
  load.Stop();
  ASSERT_OK_AND_ASSIGN(auto again, Open());
  load.ExpectKept(*again->ledger);
}

}  // namespace
}  // namespace seisaku::ledger
