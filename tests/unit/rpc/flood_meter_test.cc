#include "services/rpc/transport/flood_meter.h"

#include "gtest/gtest.h"
#include "services/rpc/transport/limits.h"

namespace seisaku::rpc {
namespace {

using std::chrono::milliseconds;

class FloodMeterTest : public testing::Test {
 protected:
  // What the meter says after so much time.
  Flood After(milliseconds time, uint64_t bytes) {
    return meter_.Measure(read_ += bytes, counts_, now_ += time);
  }
  // The same of who is looked at, and measured only where that is due.
  Flood AtALook(milliseconds time, uint64_t bytes) {
    if (meter_.IsDue(read_ + bytes)) return After(time, bytes);
    read_ += bytes;
    now_ += time;
    return Flood::kNone;
  }
  // So many calls that are answered, or given up.
  void Answer(uint64_t calls) {
    counts_.started += calls;
    counts_.messages += calls;
    counts_.sent += calls;
    counts_.ended += calls;
  }
  void GiveUp(uint64_t calls) {
    counts_.started += calls;
    counts_.ended += calls;
    counts_.failed += calls;
  }

  FloodMeter::Time now_;
  FloodMeter meter_{now_};
  uint64_t read_ = 0;
  StreamCounts counts_;
};

TEST_F(FloodMeterTest, CallsAreNoFlood) {
  for (int i = 0; i < 1000; ++i) {
    Answer(20'000);
    EXPECT_EQ(After(milliseconds(250), 50 << 20), Flood::kNone);
  }
}

TEST_F(FloodMeterTest, CallsThatAreGivenUpAreAFloodOnceTheyAreMany) {
  GiveUp(1500);
  EXPECT_EQ(After(milliseconds(250), 50'000), Flood::kNone);
  GiveUp(1500);
  EXPECT_EQ(After(milliseconds(250), 50'000), Flood::kResets);
}

TEST_F(FloodMeterTest, DeadlinesThatPassAreNoFlood) {
  for (int i = 0; i < 1000; ++i) {
    GiveUp(128);
    EXPECT_EQ(After(milliseconds(700), 20'000), Flood::kNone);
  }
}

TEST_F(FloodMeterTest, WhoGivesUpACallNowAndThenAndIsBusyLaterIsNoFlood) {
  for (int i = 0; i < 50'000; ++i) {  // a call each two seconds, for more than a day
    if (i % 20 == 0) GiveUp(1);
    EXPECT_EQ(AtALook(milliseconds(100), i % 20 == 0 ? 60 : 0), Flood::kNone);
  }
  Answer(10);
  EXPECT_EQ(AtALook(milliseconds(100), 5000), Flood::kNone);
}

TEST_F(FloodMeterTest, CallsThatAreGivenUpAreAFloodThoughTheyBringFewBytes) {
  Flood flood = Flood::kNone;
  for (int i = 0; i < 100 && flood == Flood::kNone; ++i) {  // ten seconds
    GiveUp(60);
    flood = AtALook(milliseconds(100), 60 * 28);
  }
  EXPECT_EQ(flood, Flood::kResets);
}

TEST_F(FloodMeterTest, BytesThatBelongToNoCallAreAFlood) {
  Answer(1);
  EXPECT_EQ(After(milliseconds(250), 1000), Flood::kNone);
  EXPECT_EQ(After(milliseconds(250), 200 << 10), Flood::kNone);
  EXPECT_EQ(After(milliseconds(250), 200 << 10), Flood::kNone);
  EXPECT_EQ(After(milliseconds(250), 200 << 10), Flood::kBytes);
}

TEST_F(FloodMeterTest, ARequestOfTheLargestSizeMayTakeItsTime) {
  counts_.started = 1;
  for (int sent = 0; sent < kGrpcMessageBytes; sent += 1 << 20) {
    EXPECT_EQ(After(milliseconds(250), 1 << 20), Flood::kNone) << sent;
  }
  counts_.messages = counts_.sent = counts_.ended = 1;
  EXPECT_EQ(After(milliseconds(250), 5000), Flood::kNone);
}

TEST_F(FloodMeterTest, ARequestThatIsGivenUpHalfWayIsNoFlood) {
  Answer(1);
  EXPECT_EQ(After(milliseconds(100), 5000), Flood::kNone);
  ++counts_.started;
  EXPECT_EQ(After(milliseconds(100), 4 << 20), Flood::kNone);
  EXPECT_EQ(After(milliseconds(100), 4 << 20), Flood::kNone);
  ++counts_.ended, ++counts_.failed;
  EXPECT_EQ(After(milliseconds(100), 1 << 20), Flood::kNone);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(After(milliseconds(100), 1 << 20), Flood::kNone) << "what was on its way";
  }
  for (int i = 0; i < 10; ++i) {
    Answer(1);
    EXPECT_EQ(After(milliseconds(100), 5000), Flood::kNone);
  }
}

TEST_F(FloodMeterTest, WhatWasReadBeforeGrpcHasCountedItIsNoFlood) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(After(milliseconds(100), 4 << 20), Flood::kNone);  // the begin of a request
    Answer(1);
    EXPECT_EQ(After(milliseconds(100), 8 << 20), Flood::kNone);
  }
}

TEST_F(FloodMeterTest, MoreThanGrpcReadsAtATimeIsJudgedAtOnce) {
  Answer(1);
  EXPECT_EQ(After(milliseconds(100), 5000), Flood::kNone);
  EXPECT_EQ(After(milliseconds(100), 10 << 20), Flood::kBytes);
}

TEST_F(FloodMeterTest, AsManyRequestsAsACallerMayHaveInMemoryMayComeTogether) {
  counts_.started = 128;
  for (int i = 0; i < 127; ++i) EXPECT_EQ(After(milliseconds(100), 1 << 20), Flood::kNone);
}

TEST_F(FloodMeterTest, ARequestThatNeverEndsIsAFlood) {
  counts_.started = 1;
  EXPECT_EQ(After(milliseconds(250), kGrpcMessageBytes), Flood::kNone);
  EXPECT_EQ(After(milliseconds(250), 2 << 20), Flood::kNone);
  EXPECT_EQ(After(milliseconds(250), 2000), Flood::kBytes);
}

TEST_F(FloodMeterTest, AStreamThatIsReadIsNoFlood) {
  counts_.started = counts_.messages = 1;
  for (int i = 0; i < 1000; ++i) {  // windows, as the responses are taken
    counts_.sent += 10;
    EXPECT_EQ(After(milliseconds(250), 100 << 10), Flood::kNone);
  }
}

TEST_F(FloodMeterTest, MoreCallsThanMayBeOpenAreAFlood) {
  counts_.started = counts_.messages = FloodMeter::kMaxCalls + 1;
  EXPECT_EQ(After(milliseconds(250), 50'000), Flood::kCalls);
}

}  // namespace
}  // namespace seisaku::rpc
