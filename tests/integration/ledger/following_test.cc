// How soon others see what was appended, whatever else the database is busy with, and what time it bears.
#include "absl/time/clock.h"
#include "services/postgres/database.h"
#include "tests/integration/ledger/log_fixture.h"

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
