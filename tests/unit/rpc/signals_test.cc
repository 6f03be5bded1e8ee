#include "services/rpc/process/signals.h"

#include <csignal>

#include "gtest/gtest.h"

namespace seisaku::rpc {
namespace {

TEST(SignalsTest, WaitingEndsWithTheTimeOrTheSignal) {
  Signals signals;
  EXPECT_FALSE(signals.WaitFor(absl::Milliseconds(1)));
  raise(SIGTERM);
  EXPECT_TRUE(signals.WaitFor(absl::Minutes(1)));
  signals.WaitForStop([] { FAIL() << "there was no SIGHUP"; });
  EXPECT_TRUE(signals.WaitFor(absl::ZeroDuration())) << "once told, always told";
}

TEST(SignalsTest, InterruptStopsToo) {
  Signals signals;
  raise(SIGINT);
  EXPECT_TRUE(signals.WaitFor(absl::Minutes(1)));
}

TEST(SignalsTest, HangUpIsToldAndStopsNothing) {
  Signals signals;
  raise(SIGHUP);
  EXPECT_FALSE(signals.WaitFor(absl::Milliseconds(1)));
  raise(SIGHUP);
  int told = 0;
  signals.WaitForStop([&] {
    ++told;
    raise(SIGTERM);
  });
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace seisaku::rpc
