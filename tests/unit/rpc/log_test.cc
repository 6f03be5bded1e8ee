#include "services/rpc/process/log.h"

#include "gtest/gtest.h"
#include "services/base/status.h"

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

TEST(LogTest, NamesTheReasonOfAnErrorItsMetadataAndItsMessage) {
  absl::Status status =
      MakeError(absl::StatusCode::kUnavailable, "CLOCK_UNSOUND", "far off", {{"b", "2"}, {"a", "1"}});
  EXPECT_EQ(
      FormatLogLine("cannot serve", {{"service", "catalog"}}, status),
      R"("message":"cannot serve","service":"catalog","reason":"CLOCK_UNSOUND","a":"1","b":"2","error":"far off")");
}

TEST(LogTest, LinesAreBoundedWhateverSomebodySent) {
  const std::string name(1 << 20, 'a');
  EXPECT_EQ(FormatLogLine("m", {{"name", name}}),
            "\"message\":\"m\",\"name\":\"" + std::string(1024, 'a') + "…\"");
  std::string japanese;
  while (japanese.size() < 4096) japanese += "堺";
  EXPECT_EQ(FormatLogLine("m", {{"name", japanese}}),
            "\"message\":\"m\",\"name\":\"" + japanese.substr(0, 1023) + "…\"")
      << "cut between characters";
  EXPECT_LT(
      FormatLogLine(name, {{name, std::string(1 << 20, '\x01')}, {"b", std::string(1 << 20, '\xFF')}}).size(),
      20'000u);
  Metadata many;
  for (int i = 0; i < 1000; ++i) many.emplace_back("field" + std::to_string(i), std::string(2000, 'a'));
  const absl::Status status = MakeError(absl::StatusCode::kInternal, "ANY", "why", many);
  EXPECT_LT(FormatLogLine("m", {}, status).size(), 20'000u);
}

TEST(LogTest, KeepsFormatDirectivesAsTheyAre) {
  EXPECT_EQ(FormatLogLine("%v {} 100%", {}), R"("message":"%v {} 100%")");
}

}  // namespace
}  // namespace seisaku::rpc
