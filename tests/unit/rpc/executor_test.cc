#include "services/rpc/executor.h"

#include <atomic>

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
    Executor executor(2, 100);
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(executor.Run([&] { ++done; }));
  }
  EXPECT_EQ(done, 50);
}

TEST(ExecutorTest, StartsAThreadForEachPieceOfWorkThatWaitsUpToItsLimit) {
  Gate first, second;
  Executor executor(2, 100);
  EXPECT_TRUE(executor.Run([&] { second.Wait(), first.Open(); }));
  EXPECT_TRUE(executor.Run([&] { second.Open(); }));  // beside the first, which waits for it
  first.Wait();
}

TEST(ExecutorTest, RefusesWhatItHasNoRoomFor) {
  Gate begun, go_on;
  Executor executor(1, 1);
  EXPECT_TRUE(executor.Run([&] { begun.Open(), go_on.Wait(); }));
  begun.Wait();
  EXPECT_TRUE(executor.Run([] {}));
  EXPECT_FALSE(executor.Run([] { ADD_FAILURE() << "it was refused"; }));
  go_on.Open();
}

}  // namespace
}  // namespace seisaku::rpc
