// How soon others see what was appended, whatever else the database is busy with, and what time it bears.
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "services/base/status.h"
#include "services/postgres/database.h"
#include "tests/integration/ledger/log_fixture.h"
#include "tests/support/stepped_clock.h"

namespace seisaku::ledger {
namespace {

using testing::SizeIs;

// What the design allows where no notification comes.
constexpr absl::Duration kWithoutNotification = absl::Seconds(5);

class FollowingTest : public LogTest {
 protected:
  // Puts a function of one's own before PostgreSQL's of the same name, in the service's new sessions.
  void Replace(const std::string& function, const std::string& also = "") {
    ASSERT_THAT(cluster().Sql(database_, absl::StrCat(also, "; CREATE FUNCTION public.", function,
                                                      "; ALTER ROLE log_service IN DATABASE ", database_,
                                                      " SET search_path = public, pg_catalog")),
                IsOk());
  }
};

TEST_F(FollowingTest, AnotherReplicaSeesAnEntryThoughNoNotificationComes) {
  Replace("pg_notify(text, text) RETURNS void LANGUAGE sql AS ''");
  ASSERT_OK_AND_ASSIGN(auto writer, Open());
  ASSERT_OK_AND_ASSIGN(auto reader, Open());
  for (Position size = 1; size <= 3; ++size) {
    ASSERT_THAT(Write(*writer->ledger, {absl::StrCat("write a ", size)}), IsOk());
    EXPECT_GE(reader->ledger->WaitForSize(size, absl::Now() + kWithoutNotification), size);
  }
}

TEST_F(FollowingTest, AnotherReplicaSeesAnEntryThoughTheHostsClockIsSteppedBack) {
  Replace("pg_notify(text, text) RETURNS void LANGUAGE sql AS ''");
  ASSERT_OK_AND_ASSIGN(auto writer, Open());
  ASSERT_OK_AND_ASSIGN(auto reader, Open());
  ASSERT_THAT(Write(*writer->ledger, {"write a 1"}), IsOk());
  ASSERT_EQ(reader->ledger->WaitForSize(1, absl::Now() + kWithoutNotification), 1u);
  const SteppedClock stepped(-absl::Seconds(120));
  for (Position size = 2; size <= 3; ++size) {
    ASSERT_THAT(Write(*writer->ledger, {absl::StrCat("write a ", size)}), IsOk());
    EXPECT_GE(reader->ledger->WaitForSize(size, absl::Now() + kWithoutNotification), size);
  }
}

TEST_F(FollowingTest, ANotificationIsNotWaitedForTwice) {
  ASSERT_OK_AND_ASSIGN(auto writer, Open());
  ASSERT_OK_AND_ASSIGN(auto reader, Open({.poll_interval = absl::Hours(1)}));
  for (Position size = 1; size <= 10; ++size) {
    ASSERT_THAT(Write(*writer->ledger, {absl::StrCat("write a ", size)}), IsOk());
    EXPECT_GE(reader->ledger->WaitForSize(size, absl::Now() + absl::Seconds(30)), size);
  }
}

// It holds a snapshot of the whole database, and locks on a table that is not the log's.
TEST_F(FollowingTest, ALongTransactionOfSomebodyElseDelaysNobody) {
  ASSERT_OK_AND_ASSIGN(auto writer, Open());
  ASSERT_OK_AND_ASSIGN(auto reader, Open());
  ASSERT_OK_AND_ASSIGN(
      auto somebody,
      postgres::Database::Create({.dsn = cluster().Dsn(database_),
                                  .idle_in_transaction_timeout = absl::Hours(1),
                                  .settings = {{"default_transaction_isolation", "repeatable read"}}}));
  ASSERT_THAT(somebody->Run(
                  "long",
                  [&](postgres::Transaction& transaction) -> absl::Status {
                    RETURN_IF_ERROR(
                        transaction.ExecuteScript("CREATE TABLE report AS SELECT count(*) FROM entry; LOCK "
                                                  "TABLE report IN ACCESS EXCLUSIVE MODE"));
                    for (Position size = 1; size <= 20; ++size) {
                      RETURN_IF_ERROR(Write(*writer->ledger, {absl::StrCat("write a ", size)}).status());
                      EXPECT_GE(reader->ledger->WaitForSize(size, absl::Now() + kWithoutNotification), size);
                      EXPECT_THAT(reader->ledger->ReadEntries(size - 1, 1, true), IsOkAndHolds(SizeIs(1)));
                    }
                    EXPECT_THAT(Open(), IsOk());
                    return transaction.ExecuteScript("INSERT INTO report VALUES (1)");
                  }),
              IsOk());
}

TEST_F(FollowingTest, AReplicaThatNoLongerSeesTheLogSignsNothing) {
  ASSERT_OK_AND_ASSIGN(
      auto replica, Open({.poll_interval = absl::Milliseconds(50), .stale_after = absl::Milliseconds(500)}));
  ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
  ASSERT_OK_AND_ASSIGN(const Frontier own, replica->ledger->FrontierAt(1));
  EXPECT_THAT(replica->ledger->SignCheckpoint(own), IsOk());
  const auto allow_connections = [this](const char* allowed) {
    return cluster().Sql("postgres",
                         absl::StrCat("ALTER DATABASE ", database_, " ALLOW_CONNECTIONS ", allowed));
  };
  const auto signs = [&] { return replica->ledger->SignCheckpoint(own).status(); };
  ASSERT_THAT(allow_connections("false"), IsOk());
  const auto end = [] { return absl::Now() + absl::Minutes(1); };
  // Again and again: one that was connecting when connections were forbidden may not have been listed yet.
  const std::string end_connections = absl::StrCat(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '", database_, "'");
  for (const absl::Time by = end(); signs().ok() && absl::Now() < by;) {
    ASSERT_THAT(cluster().Sql("postgres", end_connections), IsOk());
  }
  EXPECT_THAT(signs(), HasReason("STORAGE_UNAVAILABLE"));
  EXPECT_THAT(replica->ledger->Current(), HasReason("STORAGE_UNAVAILABLE"));
  EXPECT_THAT(replica->ledger->Read({}), IsOk());
  ASSERT_THAT(allow_connections("true"), IsOk());
  for (const absl::Time by = end(); !signs().ok() && absl::Now() < by;) std::this_thread::yield();
  EXPECT_THAT(signs(), IsOk());
  EXPECT_THAT(replica->ledger->Current(), IsOk());
}

// Every append leaves a version of the head, which nobody may remove while somebody's snapshot could see it.
TEST_F(FollowingTest, TheHeadIsFoundAsSoonWhileASnapshotKeepsItsOldVersions) {
  ASSERT_OK_AND_ASSIGN(
      auto somebody,
      postgres::Database::Create({.dsn = cluster().Dsn(database_),
                                  .idle_in_transaction_timeout = absl::Hours(1),
                                  .settings = {{"default_transaction_isolation", "repeatable read"}}}));
  // Blocks of the head's table that sessions looked at, which tell when they end.
  const auto looked_at = [&]() -> int64_t {
    const std::string gone =
        absl::StrCat("SELECT count(*) FROM pg_stat_activity WHERE usename = 'log_service' ",
                     "AND datname = '", database_, "'");
    while (cluster().Sql(database_, gone).value_or("") != "0") std::this_thread::yield();
    int64_t blocks = 0;
    const auto counted = cluster().Sql(
        database_,
        "SELECT heap_blks_hit + heap_blks_read FROM pg_statio_user_tables WHERE relname = 'log_head'");
    EXPECT_TRUE(counted.ok() && absl::SimpleAtoi(*counted, &blocks));
    return blocks;
  };
  int number = 0;
  const auto append = [&](int count) -> absl::Status {
    auto replica = Open();
    RETURN_IF_ERROR(replica.status());
    for (const int end = number + count; number < end; ++number) {
      RETURN_IF_ERROR(Write(*(*replica)->ledger, {absl::StrCat("write a ", number)}).status());
    }
    return absl::OkStatus();
  };
  constexpr int kAppends = 50;
  const auto hold = [&](postgres::Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction.ExecuteScript("SELECT FROM log_head"));
    RETURN_IF_ERROR(append(800));
    const int64_t before = looked_at();
    RETURN_IF_ERROR(append(kAppends));
    EXPECT_LT(looked_at() - before, 20 * kAppends);
    return absl::OkStatus();
  };
  EXPECT_THAT(somebody->Run("hold", hold), IsOk());
}

class ClockTest : public FollowingTest {
 protected:
  void SetUp() override {
    FollowingTest::SetUp();
    Replace(
        "clock_timestamp() RETURNS timestamptz LANGUAGE sql AS "
        "'SELECT pg_catalog.clock_timestamp() + by FROM public.jump'",
        "CREATE TABLE jump AS SELECT interval '0' AS by; GRANT SELECT ON jump TO log_service");
  }
  void Jump(const std::string& by) {
    ASSERT_THAT(cluster().Sql(database_, absl::StrCat("UPDATE jump SET by = '", by, "'")), IsOk());
  }
};

TEST_F(ClockTest, ADatabaseClockThatJumpsIsRefusedUntilItIsRightAgain) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_OK_AND_ASSIGN(Outcome before, Write(*replica->ledger, {"write a 1"}));
  for (const char* by : {"73 years", "6 minutes", "-1 hour", "-1 minute"}) {
    Jump(by);
    EXPECT_THAT(Write(*replica->ledger, {"write a 2"}), HasReason("CLOCK_UNSOUND")) << by;
    EXPECT_EQ(replica->ledger->Read({})->size(), 1u);
  }
  Jump("0");
  ASSERT_OK_AND_ASSIGN(Outcome after, Write(*replica->ledger, {"write a 2"}));
  EXPECT_EQ(after.begin, 1u);
  EXPECT_GT(after.recorded_at, before.recorded_at);
  EXPECT_LT(after.recorded_at, absl::Now() + absl::Minutes(1));
}

TEST_F(ClockTest, AClockThatGoesBackALittleStillRecordsInOrder) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_OK_AND_ASSIGN(Outcome before, Write(*replica->ledger, {"write a 1"}));
  Jump("-4 seconds");
  ASSERT_OK_AND_ASSIGN(Outcome after, Write(*replica->ledger, {"write a 2"}));
  EXPECT_EQ(after.recorded_at, before.recorded_at + absl::Microseconds(1));
}

}  // namespace
}  // namespace seisaku::ledger
