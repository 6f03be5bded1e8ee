// Two clusters, of which the one takes over from the other; and histories that only look the same.
#include "absl/time/clock.h"
#include "fmt/format.h"
#include "tests/integration/ledger/load.h"

namespace seisaku::ledger {
namespace {

using testing::HasSubstr;

// How soon writes are back after a failover.
constexpr absl::Duration kBackWithin = absl::Seconds(5);
constexpr absl::Duration kPatience = absl::Seconds(60);

// A cluster that is harmed.
class HarmedTest : public LogTest {
 protected:
  PostgresCluster& cluster() override { return *first_; }

  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(first_, PostgresCluster::Start());
    ASSERT_THAT(first_->Configure("autovacuum", "off"), IsOk());  // it takes transaction ids
    LogTest::SetUp();
    ASSERT_THAT(first_->Sql(database_, "CREATE ROLE log_other LOGIN IN ROLE log_service"), IsOk());
  }

  // So that a copy that was made before can use up as many as it likes, and still come to the same number.
  void UseUpTransactionIds() {
    ASSERT_THAT(first_->Sql(database_, R"(DO $$ BEGIN
        FOR i IN 1..50 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$)"),
                IsOk());
  }

  // Somebody appends another entry to a copy that lacks the last one, in a transaction of the same number;
  // `cut_off` sees nothing of it, and then appends.
  void ExpectStopsOnTheOtherHistory(Replica& cut_off, PostgresCluster& copy, const std::string& version) {
    ASSERT_THAT(copy.Sql(database_, "ALTER ROLE log_service NOLOGIN"), IsOk());
    ASSERT_OK_AND_ASSIGN(auto other, Open({.dsn = copy.Dsn(database_, "log_other")}));
    int64_t last = 0, wanted = 0;
    ASSERT_TRUE(absl::SimpleAtoi(version, &wanted));
    while (last + 1 < wanted) {
      ASSERT_OK_AND_ASSIGN(const std::string burnt, copy.Sql(database_, "SELECT pg_current_xact_id()"));
      ASSERT_TRUE(absl::SimpleAtoi(burnt, &last));
    }
    ASSERT_EQ(last + 1, wanted) << "the copy gives out the same numbers again";
    ASSERT_THAT(Write(*other->ledger, {"write a other"}), IsOk());
    ASSERT_THAT(copy.Sql(database_, "SELECT size, xmin FROM log_head"), IsOkAndHolds("2|" + version));
    ASSERT_THAT(copy.Sql(database_, "ALTER ROLE log_service LOGIN"), IsOk());

    for (int i = 0; i < 2; ++i) {
      EXPECT_THAT(Write(*cut_off.ledger, {absl::StrCat("write b ", i)}), HasReason("LOG_CORRUPT"));
    }
    EXPECT_THAT(cut_off.ledger->Health(), HasReason("LOG_CORRUPT"));
    EXPECT_EQ(cut_off.ledger->Read({})->size(), 2u) << "it goes on answering reads of what it had";
    EXPECT_THAT(copy.Sql(database_, "SELECT size FROM log_head"), IsOkAndHolds("2"));
    EXPECT_THAT(Write(*other->ledger, {"write a last"}), IsOk()) << "whose log it is";
  }

  std::unique_ptr<PostgresCluster> first_;
};

TEST_F(HarmedTest, AReplicaStopsOnAnOlderCopyThatHasGrownToTheSameSize) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open({.poll_interval = absl::Hours(1)}));
  ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
  ASSERT_THAT(first_->Stop(), IsOk());
  ASSERT_THAT(first_->SaveData(), IsOk());
  ASSERT_THAT(first_->Restart(), IsOk());
  UseUpTransactionIds();
  ASSERT_THAT(Write(*replica->ledger, {"write a lost"}), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::string version, cluster().Sql(database_, "SELECT xmin FROM log_head"));
  ASSERT_THAT(first_->Kill(), IsOk());
  ASSERT_THAT(first_->RestoreData(), IsOk());
  ASSERT_THAT(first_->Restart(), IsOk());
  ExpectStopsOnTheOtherHistory(*replica, *first_, version);
}

class FailoverTest : public HarmedTest {
 protected:
  void SetUp() override {
    HarmedTest::SetUp();
    ASSERT_OK_AND_ASSIGN(second_, PostgresCluster::StartStandby(*first_));
  }

  std::string DsnOfBoth() {
    return fmt::format("host={},{} port=5432 dbname={} user=log_service", first_->directory(),
                       second_->directory(), database_);
  }
  // Until `standby` has what `primary` has now.
  void WaitForStandby(PostgresCluster& primary, PostgresCluster& standby) {
    ASSERT_OK_AND_ASSIGN(const std::string written, primary.Sql("postgres", "SELECT pg_current_wal_lsn()"));
    const std::string ask = absl::StrCat("SELECT pg_last_wal_replay_lsn() >= '", written, "'");
    for (absl::Time end = absl::Now() + kPatience; absl::Now() < end;) {
      ASSERT_OK_AND_ASSIGN(const std::string there, standby.Sql("postgres", ask));
      if (there == "t") return;
    }
    FAIL() << "the standby does not follow";
  }
  static absl::Status HealthOtherThan(Ledger& ledger, const std::string& reason) {
    absl::Status health;
    for (absl::Time end = absl::Now() + kPatience; absl::Now() < end;) {
      health = ledger.Health();
      if (health.ok() || ReasonOf(health) != reason) return health;
    }
    return health;
  }

  std::unique_ptr<PostgresCluster> second_;
};

TEST_F(FailoverTest, AReplicaStopsOnAStandbyThatTookOverWithoutItsLastEntry) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open({.dsn = DsnOfBoth(), .poll_interval = absl::Hours(1)}));
  ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
  WaitForStandby(*first_, *second_);
  ASSERT_THAT(second_->Stop(), IsOk());
  UseUpTransactionIds();
  ASSERT_THAT(Write(*replica->ledger, {"write a lost"}), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::string version, cluster().Sql(database_, "SELECT xmin FROM log_head"));
  ASSERT_THAT(first_->Kill(), IsOk());
  ASSERT_THAT(second_->Restart(), IsOk());
  ASSERT_THAT(second_->Promote(), IsOk());
  ExpectStopsOnTheOtherHistory(*replica, *second_, version);
}

TEST_F(FailoverTest, AStandbyThatLagsIsNotALogThatShrank) {
  // The second names all hosts as they come, whatever they are.
  std::vector<std::unique_ptr<Replica>> replicas;
  for (const char* more : {"", " target_session_attrs=any"}) {
    ASSERT_OK_AND_ASSIGN(auto replica,
                         Open({.dsn = DsnOfBoth() + more, .poll_interval = absl::Milliseconds(50)}));
    replicas.push_back(std::move(replica));
  }
  ASSERT_THAT(Write(*replicas[0]->ledger, {"write a 1"}), IsOk());
  WaitForStandby(*first_, *second_);
  ASSERT_THAT(second_->Sql("postgres", "SELECT pg_wal_replay_pause()"), IsOk());
  ASSERT_THAT(Write(*replicas[0]->ledger, {"write a 2"}), IsOk());
  for (const auto& replica : replicas)
    ASSERT_EQ(replica->ledger->WaitForSize(2, absl::Now() + kPatience), 2u);
  ASSERT_OK_AND_ASSIGN(const std::string written,
                       first_->Sql("postgres", "SELECT pg_current_wal_flush_lsn()"));
  const std::string received = absl::StrCat("SELECT pg_last_wal_receive_lsn() >= '", written, "'");
  for (absl::Time end = absl::Now() + kPatience; second_->Sql("postgres", received).value_or("") != "t";) {
    ASSERT_LT(absl::Now(), end);
  }
  ASSERT_THAT(first_->Kill(), IsOk());

  for (const auto& replica : replicas) {
    const absl::Status refused = Write(*replica->ledger, {"write b 1"}).status();
    EXPECT_THAT(refused, HasReason("STORAGE_UNAVAILABLE"));
    EXPECT_TRUE(GetRetryInfo(refused).has_value());
    // It looks for itself, again and again.
    while (replica->ledger->Health().ok()) std::this_thread::yield();
    EXPECT_THAT(replica->ledger->Health(), HasReason("STORAGE_UNAVAILABLE"));
  }
  EXPECT_THAT(Open({.dsn = second_->Dsn(database_, "log_service")}), HasReason("STORAGE_UNAVAILABLE"));
  // Nothing is read from it either, even where the DSN would take any server.
  ASSERT_OK_AND_ASSIGN(auto standby,
                       postgres::Database::Create(
                           {.dsn = second_->Dsn(database_, "log_service") + " target_session_attrs=any"}));
  EXPECT_THAT(standby->Run("look",
                           [](postgres::Transaction& transaction) {
                             return transaction.ExecuteScript("SELECT size FROM log_head");
                           }),
              HasReason("STORAGE_UNAVAILABLE"));

  ASSERT_THAT(second_->Sql("postgres", "SELECT pg_wal_replay_resume()"), IsOk());
  ASSERT_THAT(second_->Promote(), IsOk());
  for (const auto& replica : replicas) {
    EXPECT_THAT(HealthOtherThan(*replica->ledger, "STORAGE_UNAVAILABLE"), IsOk());
    EXPECT_THAT(Write(*replica->ledger, {"write b 1"}), IsOk());
  }
  EXPECT_THAT(second_->Sql(database_, "SELECT size FROM log_head"), IsOkAndHolds("3"));
}

TEST_F(FailoverTest, BackAndForthUnderLoadNothingIsLostAndWritesAreBackSoon) {
  ASSERT_THAT(first_->Configure("synchronous_standby_names", "'*'"), IsOk());
  ASSERT_OK_AND_ASSIGN(auto one, Open({.dsn = DsnOfBoth(), .poll_interval = absl::Milliseconds(100)}));
  ASSERT_OK_AND_ASSIGN(auto two, Open({.dsn = DsnOfBoth(), .poll_interval = absl::Milliseconds(100)}));
  Load load({one->ledger.get(), two->ledger.get()});
  PostgresCluster* primary = first_.get();
  PostgresCluster* standby = second_.get();
  for (int failover = 0; failover < 2; ++failover) {
    Position size = one->ledger->WaitForSize(0, absl::InfinitePast());
    size = one->ledger->WaitForSize(size + 50, absl::Now() + kPatience);
    const absl::Time began = absl::Now();
    ASSERT_THAT(primary->Kill(), IsOk());
    ASSERT_THAT(standby->Configure("synchronous_standby_names", "DEFAULT"), IsOk());
    ASSERT_THAT(standby->Promote(), IsOk());
    size = one->ledger->WaitForSize(0, absl::InfinitePast());
    for (Replica* replica : {one.get(), two.get()}) {
      EXPECT_GT(replica->ledger->WaitForSize(size + 5, began + kPatience), size);
      EXPECT_LT(absl::Now() - began, kBackWithin);
    }
    ASSERT_THAT(primary->Follow(*standby), IsOk());
    ASSERT_THAT(standby->Configure("synchronous_standby_names", "'*'"), IsOk());
    std::swap(primary, standby);
  }
  load.Stop();
  ASSERT_OK_AND_ASSIGN(auto again, Open({.dsn = DsnOfBoth()}));
  load.ExpectKept(*again->ledger);
}

}  // namespace
}  // namespace seisaku::ledger
