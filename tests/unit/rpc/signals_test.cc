#include "services/rpc/signals.h"

#include <csignal>

#include "gtest/gtest.h"

namespace seisaku::rpc {
namespace {

TEST(StopSignalsTest, WaitingEndsWithTheTimeOrTheSignal) {
  StopSignals signals;
  EXPECT_FALSE(signals.WaitFor(absl::Milliseconds(1)));
  raise(SIGTERM);
  EXPECT_TRUE(signals.WaitFor(absl::Minutes(1)));
  signals.Wait();
  EXPECT_TRUE(signals.WaitFor(absl::ZeroDuration())) << "once told, always told";
}

TEST(StopSignalsTest, InterruptStopsToo) {
  StopSignals signals;
  raise(SIGINT);
  EXPECT_TRUE(signals.WaitFor(absl::Minutes(1)));
}

}  // namespace
}  // namespace seisaku::rpc
