#include "services/rpc/transport/executor.h"

#include <atomic>
#include <string>

#include "gtest/gtest.h"
#include "services/base/mutex.h"

namespace seisaku::rpc {
namespace {

// Opened once; who waits goes on then.
class Gate {
 public:
  void Open() {
    MutexLock lock(mutex_);
    open_ = true;
    opened_.NotifyAll();
  }
  void Wait() {
    MutexLock lock(mutex_);
    while (!open_) opened_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar opened_;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
};

TEST(ExecutorTest, RunsAllThatItTookBeforeItIsGone) {
  std::atomic<int> done = 0;
  {
    Executor executor({.threads = 2, .threads_of_one = 1, .waiting = 100});
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(executor.Run(i % 5 == 0 ? "a" : "b", [&] { ++done; }));
  }
  EXPECT_EQ(done, 50);
}

TEST(ExecutorTest, StartsAThreadForEachPieceOfWorkThatWaitsUpToItsLimit) {
  Gate first, second;
  Executor executor({.threads = 2, .threads_of_one = 2, .waiting = 100});
  EXPECT_TRUE(executor.Run("a", [&] { second.Wait(), first.Open(); }));
  EXPECT_TRUE(executor.Run("a", [&] { second.Open(); }));  // beside the first, which waits for it
  first.Wait();
}

TEST(ExecutorTest, RefusesWhatItHasNoRoomFor) {
  Gate begun, go_on;
  Executor executor({.threads = 1, .threads_of_one = 1, .waiting = 1});
  EXPECT_TRUE(executor.Run("a", [&] { begun.Open(), go_on.Wait(); }));
  begun.Wait();
  EXPECT_TRUE(executor.Run("a", [] {}));
  EXPECT_FALSE(executor.Run("b", [] { ADD_FAILURE() << "it was refused"; }));
  go_on.Open();
}

TEST(ExecutorTest, ACallerWithMuchToDoLeavesTheOthersTheirThreads) {
  Gate begun, go_on, other;
  std::atomic<int> of_greedy = 0;
  Executor executor({.threads = 2, .threads_of_one = 1, .waiting = 100});
  EXPECT_TRUE(executor.Run("greedy", [&] { begun.Open(), go_on.Wait(); }));
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(executor.Run("greedy", [&] { ++of_greedy; }));
  begun.Wait();
  EXPECT_TRUE(executor.Run("other", [&] { other.Open(); }));
  other.Wait();
  EXPECT_EQ(of_greedy, 0);
  go_on.Open();
}

TEST(ExecutorTest, CallersTakeTurns) {
  std::string order;  // of the one thread
  {
    Gate begun, go_on;
    Executor executor({.threads = 1, .threads_of_one = 1, .waiting = 100});
    EXPECT_TRUE(executor.Run("x", [&] { begun.Open(), go_on.Wait(); }));
    begun.Wait();
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(executor.Run("a", [&] { order += 'a'; }));
    EXPECT_TRUE(executor.Run("b", [&] { order += 'b'; }));
    EXPECT_TRUE(executor.Run("c", [&] { order += 'c'; }));
    go_on.Open();
  }
  EXPECT_EQ(order, "abcaa");
}

}  // namespace
}  // namespace seisaku::rpc
