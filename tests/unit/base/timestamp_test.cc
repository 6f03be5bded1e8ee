#include "services/base/timestamp.h"

#include "gtest/gtest.h"

namespace seisaku {
namespace {

TEST(TimestampTest, MicrosecondsComeBackAsTheyWere) {
  for (const int64_t micros : {int64_t{0}, int64_t{1}, int64_t{999'999}, int64_t{1'700'000'000'123'456},
                               int64_t{-1}, int64_t{-1'000'000}, int64_t{-1'500'001}}) {
    google::protobuf::Timestamp time;
    SetMicros(micros, time);
    EXPECT_EQ(ToMicros(time), micros);
    EXPECT_GE(time.nanos(), 0) << micros << ": protobuf counts them forward, before 1970 too";
    EXPECT_LT(time.nanos(), 1'000'000'000) << micros;
  }
}

TEST(TimestampTest, WhatIsFinerThanAMicrosecondIsRoundedDown) {
  google::protobuf::Timestamp time;
  time.set_seconds(1);
  time.set_nanos(999'999'999);
  EXPECT_EQ(ToMicros(time), 1'999'999);
}

}  // namespace
}  // namespace seisaku
