#include "services/postgres/libpq/notifications.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "services/base/mutex.h"
#include "tests/integration/postgres/database_fixture.h"
#include "tests/integration/postgres/silent_host.h"

namespace seisaku::postgres {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr absl::Duration kNever = absl::Hours(24);

// Counts the calls of a listener and waits for them.
class Wakes {
 public:
  std::function<void(const std::string&)> Callback() {
    return [this](const std::string& payload) {
      MutexLock lock(mutex_);
      ++count_;
      payload_ = payload;
      called_.NotifyAll();
    };
  }
  int count() {
    MutexLock lock(mutex_);
    return count_;
  }
  // False when there were fewer than `count` calls within the test's patience.
  bool Reach(int count) {
    auto deadline = absl::ToChronoTime(absl::Now() + kPatience);
    MutexLock lock(mutex_);
    while (count_ < count) {
      if (!called_.WaitUntil(mutex_, deadline)) return count_ >= count;
    }
    return true;
  }
  // False when no call had this payload within the test's patience.
  bool Hear(const std::string& payload) {
    auto deadline = absl::ToChronoTime(absl::Now() + kPatience);
    MutexLock lock(mutex_);
    while (payload_ != payload) {
      if (!called_.WaitUntil(mutex_, deadline)) return payload_ == payload;
    }
    return true;
  }

 private:
  Mutex mutex_;
  CondVar called_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string payload_ ABSL_GUARDED_BY(mutex_);
};

TEST(ListenerTest, WakesOnceConnectedAndAtEveryNotificationOfItsChannel) {
  std::string name = NewDatabase();
  Wakes wakes;
  ASSERT_OK_AND_ASSIGN(
      auto listener,
      Listener::Start({.dsn = SharedCluster().Dsn(name), .channel = "log \"A\"", .interval = kNever},
                      wakes.Callback()));
  ASSERT_TRUE(wakes.Reach(1));
  ASSERT_THAT(SharedCluster().Sql(name, "NOTIFY other; NOTIFY \"log \"\"A\"\"\""), IsOk());
  EXPECT_TRUE(wakes.Reach(2));
  ASSERT_THAT(SharedCluster().Sql(name, "NOTIFY \"log \"\"A\"\"\""), IsOk());
  EXPECT_TRUE(wakes.Reach(3));
  listener.reset();
  EXPECT_EQ(wakes.count(), 3);
}

TEST(ListenerTest, NotifiesTheOthersOfTheNewestAndNotItself) {
  const Listener::Options options = {
      .dsn = SharedCluster().Dsn(NewDatabase()), .channel = "log \"A\"", .interval = kNever};
  Wakes own, others;
  ASSERT_OK_AND_ASSIGN(auto one, Listener::Start(options, own.Callback()));
  ASSERT_OK_AND_ASSIGN(auto other, Listener::Start(options, others.Callback()));
  ASSERT_TRUE(own.Reach(1) && others.Reach(1));
  for (int size = 1; size <= 1000; ++size) one->Notify(absl::StrCat(size));
  EXPECT_TRUE(others.Hear("1000"));
  EXPECT_LT(others.count(), 1000);
  one->Notify("after a pause");
  EXPECT_TRUE(others.Hear("after a pause"));
  EXPECT_EQ(own.count(), 1);
}

TEST(ListenerTest, WakesAtEveryIntervalWithoutAnyNotification) {
  Wakes wakes;
  ASSERT_OK_AND_ASSIGN(auto listener, Listener::Start({.dsn = SharedCluster().Dsn("postgres"),
                                                       .channel = "quiet",
                                                       .interval = absl::Milliseconds(5)},
                                                      wakes.Callback()));
  EXPECT_TRUE(wakes.Reach(5));
}

TEST(ListenerTest, WakesAtEveryIntervalAlsoWithoutAServer) {
  Wakes wakes;
  ASSERT_OK_AND_ASSIGN(auto listener, Listener::Start({.dsn = "host=/nowhere dbname=none",
                                                       .channel = "absent",
                                                       .interval = absl::Milliseconds(5)},
                                                      wakes.Callback()));
  EXPECT_TRUE(wakes.Reach(5));
}

TEST(ListenerTest, ListensAgainAfterTheServerWasKilledAndStarted) {
  ASSERT_OK_AND_ASSIGN(auto cluster, PostgresCluster::Start());
  Wakes wakes;
  ASSERT_OK_AND_ASSIGN(
      auto listener, Listener::Start({.dsn = cluster->Dsn("postgres"), .channel = "log", .interval = kNever},
                                     wakes.Callback()));
  ASSERT_TRUE(wakes.Reach(1));
  ASSERT_THAT(cluster->Kill(), IsOk());
  ASSERT_THAT(cluster->Restart(), IsOk());
  ASSERT_TRUE(wakes.Reach(2));
  ASSERT_THAT(cluster->Sql("postgres", "NOTIFY log"), IsOk());
  EXPECT_TRUE(wakes.Reach(3));
}

TEST(ListenerTest, GoesOnToTheNextHostWhereOneSaysNothing) {
  const SilentHost silent;
  Wakes wakes;
  ASSERT_OK_AND_ASSIGN(
      auto listener,
      Listener::Start({.dsn = absl::StrCat("host=127.0.0.1,", SharedCluster().directory(),
                                           " port=", silent.port(), ",5432 user=postgres dbname=postgres"),
                       .channel = "log",
                       .interval = kNever,
                       .connect_timeout = absl::Milliseconds(200)},
                      wakes.Callback()));
  ASSERT_TRUE(wakes.Reach(1));
  ASSERT_THAT(SharedCluster().Sql("postgres", "NOTIFY log"), IsOk());
  EXPECT_TRUE(wakes.Reach(2));
}

TEST(ListenerTest, StopsAtOnceWhileItWaitsForAServerThatIsAway) {
  Wakes wakes;
  absl::Time begin = absl::Now();
  {
    ASSERT_OK_AND_ASSIGN(auto listener, Listener::Start({.dsn = "host=/nowhere dbname=none",
                                                         .channel = "absent",
                                                         .interval = kNever,
                                                         .max_backoff = kNever},
                                                        wakes.Callback()));
  }
  EXPECT_LT(absl::Now() - begin, kPatience);
  EXPECT_EQ(wakes.count(), 0);
}

TEST(ListenerTest, RefusesADsnThatCannotBeRead) {
  EXPECT_THAT(Listener::Start({.dsn = "nonsense", .channel = "log"}, [](const std::string&) {}),
              HasReason("STORAGE_ERROR"));
}

}  // namespace
}  // namespace seisaku::postgres
