// What a server that goes away does to transactions and to the pool.
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "services/base/steady.h"
#include "tests/integration/postgres/database_fixture.h"
#include "tests/integration/postgres/silent_host.h"
#include "tests/support/stepped_clock.h"

namespace seisaku::postgres {
namespace {

using absl::StatusCode;

constexpr absl::Duration kPatience = absl::Seconds(60);

constexpr std::string_view kOtherSessions =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'";

constexpr std::string_view kTerminateOthers =
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND datname = current_database()";

// Keeps the server at work for a while.
constexpr std::string_view kBusy = R"(DO $$
    DECLARE until timestamptz := clock_timestamp() + interval '1.5 seconds';
    BEGIN WHILE clock_timestamp() < until LOOP NULL; END LOOP; END $$)";

// Stops and kills a cluster that is not the shared one.
class OutageTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { cluster_ = PostgresCluster::Start()->release(); }
  static void TearDownTestSuite() { delete std::exchange(cluster_, nullptr); }

  OutageTest() {
    EXPECT_THAT(cluster_->EnsureRunning(), IsOk());
    name_ = testing::UnitTest::GetInstance()->current_test_info()->name();
    EXPECT_THAT(cluster_->CreateDatabase(name_), IsOk());
    database_ = Open({});
  }

  // Whether there are so many before the test's patience ends. A session goes on for a moment after its
  // client has gone, the one that asked before included: so it is asked again, and the first right answer
  // counts.
  bool OtherSessionsBecome(std::string_view count) {
    const absl::Time deadline = absl::Now() + kPatience;
    while (Sql(kOtherSessions).value_or("") != count) {
      if (absl::Now() > deadline) return false;
    }
    return true;
  }

  std::unique_ptr<Database> Open(Options options) {
    if (options.dsn.empty()) options.dsn = cluster_->Dsn(name_);
    return *Database::Create(std::move(options));
  }
  absl::StatusOr<std::string> Sql(std::string_view sql) { return cluster_->Sql(name_, sql); }

  inline static PostgresCluster* cluster_ = nullptr;
  std::string name_;
  std::unique_ptr<Database> database_;
};

// A server whose COMMIT waits for a standby that never comes, after the commit is on this server's disk.
class StandbyTest : public testing::Test {
 protected:
  StandbyTest()
      : cluster_(*PostgresCluster::Start()),
        database_(*Database::Create({.dsn = cluster_->Dsn("postgres")})) {
    EXPECT_THAT(Sql("CREATE TABLE t (a int)"), IsOk());
    EXPECT_THAT(Sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'"), IsOk());
    EXPECT_THAT(cluster_->Restart(), IsOk());
  }

  absl::StatusOr<std::string> Sql(std::string_view sql) { return cluster_->Sql("postgres", sql); }

  // Runs an INSERT whose COMMIT waits, and `interrupt` (a function of pg_stat_activity's pid) on it
  // meanwhile.
  TransactionResult InsertInterruptedInCommit(const std::string& interrupt) {
    TransactionResult result{Outcome::kRolledBack, absl::UnknownError("did not finish")};
    std::thread insert([&] { result = RunScriptToOutcome(*database_, "INSERT INTO t VALUES (7)"); });
    absl::StatusOr<std::string> interrupted;
    const absl::Time deadline = absl::Now() + kPatience;
    do {
      interrupted = Sql("SELECT " + interrupt + "(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    } while (interrupted.ok() && *interrupted != "t" && absl::Now() < deadline);
    insert.join();
    EXPECT_THAT(interrupted, IsOkAndHolds("t"));
    return result;
  }

  std::unique_ptr<PostgresCluster> cluster_;
  std::unique_ptr<Database> database_;
};

TEST_F(OutageTest, ThePoolServesAgainAtOnceAfterTheServerWasStoppedAndStarted) {
  ASSERT_THAT(Query(*database_, kOne), IsOk());
  ASSERT_THAT(cluster_->Stop(), IsOk());
  absl::Status away = Query(*database_, kOne).status();
  EXPECT_THAT(away, StatusIs(StatusCode::kUnavailable));
  EXPECT_THAT(away, HasReason("STORAGE_UNAVAILABLE"));
  ASSERT_THAT(cluster_->Restart(), IsOk());
  EXPECT_THAT(Query(*database_, kOne), IsOk());
}

TEST_F(OutageTest, ConnectionsThatWereIdleDuringARestartAreReplacedUnnoticed) {
  ASSERT_THAT(Query(*database_, kOne), IsOk());
  ASSERT_THAT(cluster_->Kill(), IsOk());
  ASSERT_THAT(cluster_->Restart(), IsOk());
  EXPECT_THAT(Query(*database_, kOne), IsOk());
}

TEST_F(OutageTest, WhatWasCommittedBeforeTheServerWasKilledIsThereAfterwards) {
  ASSERT_EQ(RunScriptToOutcome(*database_, "CREATE TABLE t AS SELECT 7 AS a").outcome, Outcome::kCommitted);
  ASSERT_THAT(cluster_->Kill(), IsOk());
  ASSERT_THAT(cluster_->Restart(), IsOk());
  EXPECT_THAT(Sql("SELECT a FROM t"), IsOkAndHolds("7"));
}

TEST_F(OutageTest, AConnectionThatIsTerminatedInsideATransactionIsUnavailableAndRolledBack) {
  TransactionResult result = database_->RunToOutcome("doomed", [&](Transaction& transaction) {
    RETURN_IF_ERROR(transaction.ExecuteScript("CREATE TABLE t (a int)"));
    EXPECT_THAT(Sql(kTerminateOthers), IsOkAndHolds("t"));
    return transaction.Execute(kOne).status();
  });
  EXPECT_EQ(result.outcome, Outcome::kRolledBack);
  EXPECT_THAT(result.status, HasReason("STORAGE_UNAVAILABLE"));
  EXPECT_THAT(Query(*database_, kOne), IsOk());
}

TEST_F(OutageTest, AServerKilledInsideATransactionIsUnavailableAndRolledBack) {
  TransactionResult result = database_->RunToOutcome("doomed", [&](Transaction& transaction) {
    RETURN_IF_ERROR(transaction.Execute(kOne).status());
    EXPECT_THAT(cluster_->Kill(), IsOk());
    return transaction.Execute(kOne).status();
  });
  EXPECT_EQ(result.outcome, Outcome::kRolledBack);
  EXPECT_THAT(result.status, HasReason("STORAGE_UNAVAILABLE"));
}

TEST_F(StandbyTest, ACommitWhoseAnswerIsLostIsUnknownAlthoughItHappened) {
  TransactionResult result = InsertInterruptedInCommit("pg_terminate_backend");
  EXPECT_EQ(result.outcome, Outcome::kUnknown);
  EXPECT_THAT(result.status, HasReason("STORAGE_UNAVAILABLE"));
  EXPECT_THAT(Sql("SELECT a FROM t"), IsOkAndHolds("7"));
}

TEST_F(StandbyTest, ACommitThatDidNotReachItsStandbyIsUnknownAlthoughItAnswered) {
  // A role that was told to hear nothing of it hears it nevertheless.
  ASSERT_THAT(Sql("SET synchronous_commit = local; ALTER ROLE postgres SET client_min_messages = error"),
              IsOk());
  TransactionResult result = InsertInterruptedInCommit("pg_cancel_backend");
  EXPECT_EQ(result.outcome, Outcome::kUnknown);
  EXPECT_THAT(result.status, HasReason("STORAGE_UNAVAILABLE"));
}

TEST_F(OutageTest, ACommitWhoseConnectionEndsIsUnknownAlthoughItDidNotHappen) {
  ASSERT_THAT(RunScript(*database_, R"sql(
    CREATE TABLE t (a int);
    CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER die AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION die())sql"),
              IsOk());
  TransactionResult result = RunScriptToOutcome(*database_, "INSERT INTO t VALUES (7)");
  EXPECT_EQ(result.outcome, Outcome::kUnknown);
  EXPECT_THAT(result.status, HasReason("STORAGE_UNAVAILABLE"));
  EXPECT_THAT(Sql("SELECT count(*) FROM t"), IsOkAndHolds("0"));
  EXPECT_THAT(Query(*database_, kOne), IsOk());
}

TEST_F(OutageTest, AClientThatHangsInsideATransactionLosesIt) {
  auto database = Open({.idle_in_transaction_timeout = absl::Milliseconds(50)});
  absl::Status status = database->Run("hang", [&](Transaction& transaction) {
    RETURN_IF_ERROR(transaction.Execute(kOne).status());
    EXPECT_TRUE(OtherSessionsBecome("0"));
    return transaction.Execute(kOne).status();
  });
  EXPECT_THAT(status, HasReason("STORAGE_UNAVAILABLE"));
}

// What a half-open connection looks like: the statement is sent, and no answer comes.
TEST_F(OutageTest, AStatementWithoutAnAnswerIsGivenUpAndLeavesNothingBehind) {
  auto database = Open({.answer_timeout = absl::Milliseconds(500)});
  // Longer than the deadline below, so that it is not the end of the statement that is seen.
  EXPECT_THAT(RunScript(*database, "SELECT pg_sleep(120)"), HasReason("STORAGE_UNAVAILABLE"));
  EXPECT_THAT(Query(*database, kOne), IsOk());
  database.reset();
  // The server sees that nobody waits for the answer any more.
  EXPECT_TRUE(OtherSessionsBecome("0"));
}

TEST_F(OutageTest, AStatementWithoutAnAnswerIsGivenUpThoughTheHostsClockIsSteppedBack) {
  auto database = Open({.answer_timeout = absl::Milliseconds(500)});
  absl::Status status;
  std::thread waiting([&] { status = RunScript(*database, "SELECT pg_sleep(120)"); });
  EXPECT_TRUE(OtherSessionsBecome("1"));
  {
    const SteppedClock stepped(-absl::Seconds(120));
    const SteadyTime began = SteadyNow();
    waiting.join();
    EXPECT_LT(absl::FromChrono(SteadyNow() - began), absl::Seconds(60));
  }
  EXPECT_THAT(status, HasReason("STORAGE_UNAVAILABLE"));
}

// Longer than an answer is waited for, and so again whenever it is begun again.
TEST_F(OutageTest, AStatementThatTheServerIsAtWorkOnIsWaitedFor) {
  auto database = Open({.answer_timeout = absl::Milliseconds(400)});
  const absl::Time began = absl::Now();
  EXPECT_THAT(RunScript(*database, kBusy), IsOk());
  EXPECT_GT(absl::Now() - began, absl::Seconds(1));
  // Not for what waits for somebody else.
  EXPECT_THAT(database->Run("hold",
                            [&](Transaction& transaction) -> absl::Status {
                              RETURN_IF_ERROR(transaction.ExecuteScript("SELECT pg_advisory_xact_lock(1)"));
                              EXPECT_THAT(RunScript(*database, "SELECT pg_advisory_xact_lock(1)"),
                                          HasReason("STORAGE_UNAVAILABLE"));
                              return absl::OkStatus();
                            }),
              IsOk());
}

TEST_F(OutageTest, AHostThatSaysNothingCostsItsTimeOnce) {
  SilentHost silent;
  auto database = Open({.dsn = fmt::format("host=127.0.0.1,{} port={},5432 user=postgres dbname={}",
                                           cluster_->directory(), silent.port(), name_),
                        .connect_timeout = absl::Seconds(2),
                        .answer_timeout = absl::Milliseconds(400)});
  ASSERT_THAT(Query(*database, kOne), IsOk());
  EXPECT_EQ(silent.Count(), 1);
  // The next connection begins with the host that answered, and so does who asks what it is at work on.
  EXPECT_THAT(database->Run("outer",
                            [&](Transaction& transaction) -> absl::Status {
                              RETURN_IF_ERROR(transaction.Execute(kOne).status());
                              return RunScript(*database, kBusy);
                            }),
              IsOk());
  EXPECT_EQ(silent.Count(), 0);
}

// As Patroni does to a primary that is to be one no longer, on connections that stay.
TEST_F(OutageTest, AServerThatNoLongerTakesWritesIsUnavailableAndTheOtherHostIsTried) {
  ASSERT_OK_AND_ASSIGN(auto other, PostgresCluster::Start());
  ASSERT_THAT(other->CreateDatabase(name_), IsOk());
  for (PostgresCluster* cluster : {cluster_, other.get()}) {
    ASSERT_THAT(cluster->Sql(name_, "CREATE TABLE t (a int)"), IsOk());
  }
  auto database = Open({.dsn = fmt::format("host={},{} port=5432 user=postgres dbname={}",
                                           cluster_->directory(), other->directory(), name_)});
  ASSERT_THAT(RunScript(*database, "INSERT INTO t VALUES (1)"), IsOk());
  ASSERT_THAT(cluster_->Configure("default_transaction_read_only", "on"), IsOk());
  constexpr Statement kShow = {"show", "SHOW default_transaction_read_only"};
  while (Query(*database, kShow)->GetText(0, 0) != "on") std::this_thread::yield();
  const absl::Status refused = RunScript(*database, "INSERT INTO t VALUES (2)");
  EXPECT_THAT(refused, StatusIs(StatusCode::kUnavailable));
  EXPECT_THAT(refused, HasReason("STORAGE_UNAVAILABLE"));
  EXPECT_TRUE(GetRetryInfo(refused).has_value());
  EXPECT_THAT(RunScript(*database, "INSERT INTO t VALUES (3)"), IsOk());
  EXPECT_THAT(other->Sql(name_, "SELECT a FROM t"), IsOkAndHolds("3"));

  auto alone = Open({});
  EXPECT_THAT(RunScript(*alone, "INSERT INTO t VALUES (4)"), HasReason("STORAGE_UNAVAILABLE"));
  EXPECT_THAT(Query(*Open({.dsn = {}, .writes = false}), kOne), IsOk()) << "who only reads may read it";
  ASSERT_THAT(cluster_->Configure("default_transaction_read_only", "DEFAULT"), IsOk());
  EXPECT_THAT(RunScript(*alone, "INSERT INTO t VALUES (5)"), IsOk());
}

TEST_F(OutageTest, AConnectionThatWasGivenUpTakesTheIdleOnesWithIt) {
  auto database = Open({.answer_timeout = absl::Milliseconds(500)});
  // Two connections, of which the outer one is idle while the inner one waits.
  ASSERT_THAT(database->Run("outer", [&](Transaction&) { return Query(*database, kOne).status(); }), IsOk());
  EXPECT_TRUE(OtherSessionsBecome("2"));
  EXPECT_THAT(RunScript(*database, "SELECT pg_sleep(120)"), HasReason("STORAGE_UNAVAILABLE"));
  EXPECT_TRUE(OtherSessionsBecome("0"));
}

// They may be another server's than those that are made from now on, which an answer would be taken from.
TEST_F(OutageTest, AConnectionThatWasGivenUpTakesThoseInUseWithIt) {
  auto database = Open({.answer_timeout = absl::Milliseconds(500)});
  EXPECT_THAT(database->Run("outer",
                            [&](Transaction& transaction) -> absl::Status {
                              RETURN_IF_ERROR(transaction.Execute(kOne).status());
                              EXPECT_THAT(RunScript(*database, "SELECT pg_sleep(120)"),
                                          HasReason("STORAGE_UNAVAILABLE"));
                              return transaction.Execute(kOne).status();
                            }),
              IsOk())
      << "what it is in use for goes on";
  EXPECT_TRUE(OtherSessionsBecome("0"));
}

TEST_F(StandbyTest, ACommitWithoutAnAnswerIsUnknown) {
  database_ =
      *Database::Create({.dsn = cluster_->Dsn("postgres"), .answer_timeout = absl::Milliseconds(500)});
  TransactionResult result = RunScriptToOutcome(*database_, "INSERT INTO t VALUES (7)");
  EXPECT_EQ(result.outcome, Outcome::kUnknown);
  EXPECT_THAT(result.status, HasReason("STORAGE_UNAVAILABLE"));
}

TEST_F(OutageTest, AConnectionTooManyIsUnavailable) {
  ASSERT_THAT(Sql("CREATE ROLE crowd LOGIN CONNECTION LIMIT 0"), IsOk());
  auto database = *Database::Create({.dsn = cluster_->Dsn(name_, "crowd")});
  EXPECT_THAT(Query(*database, kOne), HasReason("STORAGE_UNAVAILABLE"));
}

TEST_F(OutageTest, ATransactionThatFindsNoFreeConnectionInTimeIsUnavailable) {
  auto database = Open({.pool_size = 1, .acquire_timeout = absl::Milliseconds(20)});
  absl::Status inner;
  ASSERT_THAT(database->Run("outer",
                            [&](Transaction&) {
                              inner = Query(*database, kOne).status();
                              return absl::OkStatus();
                            }),
              IsOk());
  EXPECT_THAT(inner, HasReason("STORAGE_UNAVAILABLE"));
  EXPECT_THAT(Query(*database, kOne), IsOk());
}

TEST_F(OutageTest, ATransactionWaitsForAConnectionThatAnotherThreadGivesBack) {
  auto database = Open({.pool_size = 1, .acquire_timeout = absl::Seconds(60)});
  absl::Notification taken;
  absl::StatusOr<Rows> second;
  std::thread waiter([&] {
    taken.WaitForNotification();
    second = Query(*database, kOne);
  });
  EXPECT_THAT(database->Run("first",
                            [&](Transaction& transaction) {
                              taken.Notify();
                              return transaction.Execute(kOne).status();
                            }),
              IsOk());
  waiter.join();
  EXPECT_THAT(second, IsOk());
  EXPECT_TRUE(OtherSessionsBecome("1"));
}

}  // namespace
}  // namespace seisaku::postgres
