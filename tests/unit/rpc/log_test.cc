#include "services/rpc/log.h"

#include "gtest/gtest.h"

namespace seisaku::rpc {
namespace {

TEST(LogTest, FieldsFollowTheMessageInOrder) {
  EXPECT_EQ(FormatLogLine("call failed", {{"method", "/a/B"}, {"code", "INTERNAL"}}),
            R"("message":"call failed","method":"/a/B","code":"INTERNAL")");
}

TEST(LogTest, EscapesWhatJsonDoesNotAllow) {
  EXPECT_EQ(FormatLogLine("a\"b\\c\nd\te\x01", {}), R"("message":"a\"b\\c\nd\te\u0001")");
}

TEST(LogTest, KeepsJapaneseAndReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(FormatLogLine("堺市\xff\xe5", {}), R"("message":"堺市\ufffd\ufffd")");
}

TEST(LogTest, KeepsFormatDirectivesAsTheyAre) {
  EXPECT_EQ(FormatLogLine("%v {} 100%", {}), R"("message":"%v {} 100%")");
}

}  // namespace
}  // namespace seisaku::rpc
