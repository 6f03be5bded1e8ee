#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "gtest/gtest.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "tests/support/matchers.h"
#include "tests/unit/policyctl/answers.h"
#include "tools/policyctl/command_line.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/commands/log_entry.h"
#include "tools/policyctl/commands/plan_file.h"
#include "tools/policyctl/output.h"

namespace seisaku::policyctl {
namespace {

using testing::HasSubstr;

// Runs a command line in an environment without profiles.
int ExitCodeOfLine(std::vector<const char*> words) {
  words.insert(words.begin(), "policyctl");
  CommandLine line(static_cast<int>(words.size()), words.data(), [](const char* name) {
    return std::string(name) == "HOME" ? std::string("/nowhere") : std::string();
  });
  AddPlanCommands(line);
  AddSheetCommand(line);
  AddActualCommands(line);
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  const int code = line.Run();
  testing::internal::GetCapturedStderr();
  testing::internal::GetCapturedStdout();
  return code;
}

TEST(CommandLineTest, WrongUsageEndsWithTwo) {
  EXPECT_EQ(ExitCodeOfLine({}), 2);
  EXPECT_EQ(ExitCodeOfLine({"dance"}), 2);
  EXPECT_EQ(ExitCodeOfLine({"plan"}), 2);
  EXPECT_EQ(ExitCodeOfLine({"sheet", "--plan", "p"}), 2);
  EXPECT_EQ(ExitCodeOfLine({"sheet", "--plan", "p", "--fiscal-year", "soon"}), 2);
  EXPECT_EQ(ExitCodeOfLine({"sheet", "--plan", "p", "--fiscal-year", "R4", "--as-of", "soon"}), 2);
  EXPECT_EQ(ExitCodeOfLine({"plan", "list", "-o", "xml"}), 2);
  EXPECT_EQ(ExitCodeOfLine({"actual", "correct", "k", "--fiscal-year", "R4", "--value", "1"}), 2);
}

TEST(CommandLineTest, HelpIsNoFailure) {
  EXPECT_EQ(ExitCodeOfLine({"--help"}), 0);
  EXPECT_EQ(ExitCodeOfLine({"sheet", "--help"}), 0);
  EXPECT_EQ(ExitCodeOfLine({"--version"}), 0);
}

TEST(CommandLineTest, CommonOptionsMayStandAnywhere) {
  EXPECT_EQ(ExitCodeOfLine({"plan", "list", "-o", "json", "--lang", "ja"}), 1);
  EXPECT_EQ(ExitCodeOfLine({"-o", "json", "--lang=ja", "plan", "list"}), 1);
}

TEST(CommandLineTest, MissingProfilesAreAFailure) {
  EXPECT_EQ(ExitCodeOfLine({"sheet", "--plan", "p", "--fiscal-year", "令和4年度"}), 1);
}

TEST(PlanFileTest, IsReadWithNumbersAsTheyAreWritten) {
  ASSERT_OK_AND_ASSIGN(const PlanFile file, ParsePlanFile(R"(
title = "総合戦略"
levels = ["大基本目標", "小基本目標"]
[rule]
method = "ratio/1"
on_track_percent = 100
mostly_on_track_percent = "97.0"
reason = "推定"
)",
                                                          "p.toml"));
  EXPECT_EQ(file.plan.title(), "総合戦略");
  EXPECT_THAT(file.plan.levels(), testing::ElementsAre("大基本目標", "小基本目標"));
  EXPECT_EQ(file.plan.rule().on_track_percent().value(), "100");
  EXPECT_EQ(file.plan.rule().mostly_on_track_percent().value(), "97.0");
  EXPECT_EQ(file.reason, "推定");
}

TEST(PlanFileTest, MistakesAreNamedWithTheirLine) {
  const auto why = [](const std::string& toml) {
    const absl::StatusOr<PlanFile> file = ParsePlanFile(toml, "p.toml");
    EXPECT_THAT(file, HasReason("PLAN_FILE_INVALID"));
    return std::string(file.status().message());
  };
  EXPECT_THAT(why("title = \"t\"\nlevls = []"), HasSubstr("p.toml:2: levls"));
  EXPECT_THAT(why("title = \"t\""), HasSubstr("levels"));
  EXPECT_THAT(why("levels = [\"a\"]\n[rule]\non_track_percent = 99.5"),
              HasSubstr("p.toml:3: on_track_percent"));
  EXPECT_THAT(why("title = "), HasSubstr("p.toml:1: "));
}

class OutputTest : public testing::Test {
 protected:
  absl::Status Print(OutputOptions options) {
    const auto plans = Read<catalog::v1::ListPlansResponse>(
        R"(plans { name: "plans/s" title: "総合戦略" rule_version: 1 } position: 7)");
    Table table({{"名称"}});
    table.AddRow({"総合,戦略"});
    return Output(std::move(options), standard_).Print(plans, table);
  }
  std::ostringstream standard_;
};

TEST_F(OutputTest, JsonIsTheResponseWithItsCharactersAsTheyAre) {
  ASSERT_THAT(Print({.format = Format::kJson}), IsOk());
  EXPECT_THAT(standard_.str(), HasSubstr("\"title\": \"総合戦略\""));
  EXPECT_THAT(standard_.str(), HasSubstr("\"ruleVersion\": 1"));
  EXPECT_THAT(standard_.str(), HasSubstr("\"position\": \"7\""));
}

TEST_F(OutputTest, JsonHasTheKeysOfAMapInOrder) {
  google::protobuf::Struct inner, outer;
  std::string of_inner;
  for (int i = 99; i >= 10; --i) {
    (*inner.mutable_fields())[absl::StrCat("key", i)].set_bool_value(true);
    of_inner = absl::StrCat("\n   \"key", i, "\": true", of_inner.empty() ? "" : ",", of_inner);
  }
  auto& list = *(*outer.mutable_fields())["list"].mutable_list_value();
  *list.add_values()->mutable_struct_value() = inner;
  (*outer.mutable_fields())["a"].set_string_value("政策");
  EXPECT_EQ(ToJson(outer),
            absl::StrCat("{\n \"a\": \"政策\",\n \"list\": [\n  {", of_inner, "\n  }\n ]\n}\n"));
}

TEST_F(OutputTest, CsvHasAByteOrderMarkOnlyInAFile) {
  ASSERT_THAT(Print({.format = Format::kCsv}), IsOk());
  EXPECT_EQ(standard_.str(), "名称\r\n\"総合,戦略\"\r\n");
  const std::string file = testing::TempDir() + "policyctl-output.csv";
  ASSERT_THAT(Print({.format = Format::kCsv, .file = file}), IsOk());
  std::ifstream stream(file, std::ios::binary);
  const std::string written{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_EQ(written, "\xEF\xBB\xBF名称\r\n\"総合,戦略\"\r\n");
  std::filesystem::remove(file);
}

TEST_F(OutputTest, PlaceThatCannotBeWrittenIsAnError) {
  EXPECT_THAT(Print({.file = "/nowhere/at/all"}), HasReason("OUTPUT_UNWRITABLE"));
}

log::v1::StoredEntry Stored() {
  catalog::v1::Event event;
  event.mutable_plan_created()->set_name("plans/s");
  event.mutable_plan_created()->set_title("総合戦略");
  log::v1::Entry entry;
  entry.set_type("seisaku.catalog.v1.Event/plan_created");
  entry.set_resource("plans/s");
  entry.set_payload(event.SerializeAsString());
  for (int text = 0; text < 3; ++text) entry.add_texts();
  log::v1::StoredEntry stored;
  stored.set_position(5);
  stored.set_entry(entry.SerializeAsString());
  stored.add_texts();  // withdrawn
  log::v1::StoredText& there = *stored.add_texts();
  there.set_salt("salt");
  there.set_text("推定");
  return stored;
}

TEST(LogEntryTest, JsonHasTheEntryItsEventAndItsTexts) {
  ASSERT_OK_AND_ASSIGN(const std::string json, EntryJson(Stored()));
  EXPECT_THAT(json, HasSubstr("\"position\": \"5\""));
  EXPECT_THAT(json, HasSubstr("\"resource\": \"plans/s\""));
  EXPECT_THAT(json, HasSubstr("\"planCreated\""));
  EXPECT_THAT(json, HasSubstr("\"title\": \"総合戦略\""));
  std::string texts = json.substr(json.rfind("\"texts\""));
  texts.erase(std::remove_if(texts.begin(), texts.end(), [](char c) { return c == ' ' || c == '\n'; }),
              texts.end());
  EXPECT_EQ(texts, "\"texts\":[null,\"推定\",null]}");
}

TEST(LogEntryTest, UnknownAndBrokenEventsAreErrors) {
  log::v1::Entry entry;
  entry.set_type("seisaku.other.v1.Event/x");
  EXPECT_THAT(DecodePayload(entry), HasReason("EVENT_UNKNOWN"));
  entry.set_type("seisaku.progress.v1.Event/x");
  entry.set_payload("\xFF");
  EXPECT_THAT(DecodePayload(entry), HasReason("ENTRY_UNREADABLE"));
  log::v1::StoredEntry stored;
  stored.set_entry("\xFF");
  EXPECT_THAT(DecodeEntry(stored), HasReason("ENTRY_UNREADABLE"));
}

}  // namespace
}  // namespace seisaku::policyctl
