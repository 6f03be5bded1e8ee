#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "gtest/gtest.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/ledger/tree/free_text.h"
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

TEST(CommandLineTest, AFileNameThatPromisesAnotherFormatIsWrongUsage) {
  for (const char* file : {"x.xlsx", "x.XLS", "x.pdf", "x.csv.gz", "x.tsv", "x.html"}) {
    EXPECT_EQ(ExitCodeOfLine({"plan", "list", "--output", file}), 2) << file;
    EXPECT_EQ(ExitCodeOfLine({"plan", "list", "-o", "csv", "--output", file}), 2) << file;
  }
  EXPECT_EQ(ExitCodeOfLine({"plan", "list", "-o", "json", "--output", "x.csv"}), 2);
  EXPECT_EQ(ExitCodeOfLine({"plan", "list", "-o", "csv", "--output", "x.json"}), 2);
  EXPECT_EQ(ExitCodeOfLine({"plan", "list", "-o", "table", "--output", "x.csv"}), 2);
  // These fail later: there are no profiles.
  for (const char* file : {"x.csv", "x.CSV", "x.json", "x.txt", "x", "x.2026", "a.b/x", "/dev/stdout"}) {
    EXPECT_EQ(ExitCodeOfLine({"plan", "list", "--output", file}), 1) << file;
  }
  EXPECT_EQ(ExitCodeOfLine({"plan", "list", "-o", "csv", "--output", "x.txt"}), 1);
}

TEST(CommandLineTest, HelpIsNoFailure) {
  EXPECT_EQ(ExitCodeOfLine({"--help"}), 0);
  EXPECT_EQ(ExitCodeOfLine({"sheet", "--help"}), 0);
  EXPECT_EQ(ExitCodeOfLine({"--version"}), 0);
}

// All commands below `app`, itself included.
void Visit(const CLI::App& app, const std::function<void(const CLI::App&)>& visit) {
  visit(app);
  for (const CLI::App* below : app.get_subcommands([](const CLI::App*) { return true; }))
    Visit(*below, visit);
}

TEST(CommandLineTest, WhatHasADefaultIsNotRequired) {
  for (const char* language : {"ja", "en"}) {
    const char* words[] = {"policyctl", "--lang", language};
    CommandLine line(3, words, [](const char*) { return std::string(); });
    AddPlanCommands(line);
    AddTreeCommand(line);
    AddKpiCommands(line);
    AddSheetCommand(line);
    AddSummaryCommand(line);
    AddExplainCommand(line);
    AddActualCommands(line);
    AddAssessmentCommands(line);
    AddNarrativeCommands(line);
    AddDepartmentCommands(line);
    AddLogCommands(line);
    Visit(line.root(), [](const CLI::App& app) {
      for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; })) {
        if (!option->get_required()) continue;
        EXPECT_THAT(option->get_description(), testing::Not(HasSubstr("if not given"))) << app.get_name();
        EXPECT_THAT(option->get_description(), testing::Not(HasSubstr("省略時"))) << app.get_name();
      }
    });
  }
}

TEST(CommandLineTest, HelpOfACommandThatThereIsNotIsWrongUsage) {
  EXPECT_EQ(ExitCodeOfLine({"plan", "updat", "--help"}), 2);
  EXPECT_EQ(ExitCodeOfLine({"shet", "--help"}), 2);
  EXPECT_EQ(ExitCodeOfLine({"--help", "shet"}), 2);
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

constexpr char kHostile[] = "\x1B[2J\u202E\u2066題";

class HostileOutputTest : public testing::Test {
 protected:
  std::string Printed(Format format, bool to_terminal) {
    catalog::v1::ListPlansResponse plans;
    plans.add_plans()->set_title(kHostile);
    Table table({{"名称"}, {"値"}});
    table.AddRow({kHostile, "1"});
    table.AddRow({"題", "2"});
    std::ostringstream standard;
    EXPECT_THAT(Output({.format = format, .to_terminal = to_terminal}, standard).Print(plans, table), IsOk());
    return standard.str();
  }
};

TEST_F(HostileOutputTest, ATableShowsWhatWouldMoveTheCursor) {
  for (const bool to_terminal : {false, true}) {
    EXPECT_EQ(Printed(Format::kTable, to_terminal),
              "名称                    値\n"
              "----------------------  --\n"
              "␛[2J⟨U+202E⟩⟨U+2066⟩題  1\n"
              "題                      2\n");
  }
}

TEST_F(HostileOutputTest, MachinesGetEveryByte) {
  EXPECT_THAT(Printed(Format::kCsv, false), HasSubstr(kHostile));
  const std::string json = Printed(Format::kJson, false);
  EXPECT_THAT(json, HasSubstr("\\u001b[2J\\u202e\u2066題"));
}

TEST_F(HostileOutputTest, ATerminalGetsNoneOfThem) {
  EXPECT_THAT(Printed(Format::kCsv, true), HasSubstr("␛[2J⟨U+202E⟩⟨U+2066⟩題,1\r\n"));
  const std::string json = Printed(Format::kJson, true);
  EXPECT_THAT(json, HasSubstr("\\u001b[2J\\u202e\\u2066題"));
}

TEST_F(OutputTest, PlaceThatCannotBeWrittenIsAnError) {
  EXPECT_THAT(Print({.file = "/nowhere/at/all"}), HasReason("OUTPUT_UNWRITABLE"));
}

constexpr char kSalt[] = "0123456789abcdef";

log::v1::StoredEntry Stored() {
  catalog::v1::Event event;
  event.mutable_plan_created()->set_name("plans/s");
  event.mutable_plan_created()->set_title("総合戦略");
  log::v1::Entry entry;
  entry.set_type("seisaku.catalog.v1.Event/plan_created");
  entry.set_resource("plans/s");
  entry.set_payload(event.SerializeAsString());
  for (int text = 0; text < 3; ++text) {
    entry.add_texts()->set_salted_sha256(ledger::ToBytes(ledger::TextCommitment(kSalt, "推定")));
  }
  log::v1::StoredEntry stored;
  stored.set_position(5);
  stored.set_entry(entry.SerializeAsString());
  stored.add_texts();  // withdrawn
  log::v1::StoredText& there = *stored.add_texts();
  there.set_salt(kSalt);
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

TEST(LogEntryTest, ATextThatTheEntryDoesNotCommitToIsNotShown) {
  log::v1::StoredEntry other = Stored(), unsalted = Stored(), moved = Stored();
  other.mutable_texts(1)->set_text("確定");
  unsalted.mutable_texts(1)->clear_salt();
  moved.mutable_texts(1)->set_salt("0123456789abcdef推");
  moved.mutable_texts(1)->set_text("定");
  for (const log::v1::StoredEntry& stored : {other, unsalted, moved}) {
    EXPECT_THAT(EntryJson(stored), HasReason("TEXT_DIFFERS"));
  }
}

// An entry of the log that `entries` are, and one that withdrew a text of it.
std::vector<log::v1::StoredEntry> Withdrawal(uint64_t said_position) {
  log::v1::StoredEntry first = Stored();
  log::v1::LogEvent event;
  event.mutable_text_redacted()->set_position(said_position);
  event.mutable_text_redacted()->set_index(0);
  event.mutable_text_redacted()->mutable_reason();
  log::v1::Entry entry;
  entry.set_type("seisaku.log.v1.LogEvent/text_redacted");
  entry.set_resource("plans/s");
  entry.set_payload(event.SerializeAsString());
  log::v1::StoredEntry second;
  second.set_position(1);
  second.set_entry(entry.SerializeAsString());
  return {first, second};
}

absl::StatusOr<std::optional<WithdrawnText>> Find(const std::vector<log::v1::StoredEntry>& entries) {
  const uint64_t last = entries.size() - 1;
  log::v1::Entry entry;
  entry.ParseFromString(entries[last].entry());
  return FindWithdrawn(entry, last, [&](uint64_t position) -> absl::StatusOr<log::v1::StoredEntry> {
    if (position >= entries.size()) return absl::OutOfRangeError("no such entry");
    return entries[position];
  });
}

TEST(WithdrawnTextTest, IsFoundWithItsEntry) {
  ASSERT_OK_AND_ASSIGN(const auto withdrawn, Find(Withdrawal(0)));
  ASSERT_TRUE(withdrawn);
  EXPECT_EQ(withdrawn->position, 0u);
  EXPECT_EQ(EventName(withdrawn->entry), "plan_created");
  EXPECT_THAT(ToJson(WithdrawnStruct(*withdrawn)), HasSubstr("\"resource\": \"plans/s\""));
}

TEST(WithdrawnTextTest, IsCountedAsTheLogThatWasSavedCounted) {
  std::vector<log::v1::StoredEntry> entries = Withdrawal(0);
  log::v1::LogEvent event;
  event.mutable_log_continued()->set_saved_size(2);
  log::v1::Entry entry;
  entry.set_type("seisaku.log.v1.LogEvent/log_continued");
  entry.set_payload(event.SerializeAsString());
  log::v1::StoredEntry continued;
  continued.set_entry(entry.SerializeAsString());
  entries.insert(entries.begin(), continued);
  ASSERT_OK_AND_ASSIGN(const auto withdrawn, Find(entries));
  EXPECT_EQ(withdrawn->position, 1u);
  EXPECT_EQ(EventName(withdrawn->entry), "plan_created");
}

TEST(WithdrawnTextTest, OfAnEntryThatIsNotThereIsUnknown) {
  ASSERT_OK_AND_ASSIGN(const auto withdrawn, Find(Withdrawal(70)));
  EXPECT_EQ(withdrawn->position, 70u);
  EXPECT_EQ(withdrawn->field, "");
}

TEST(WithdrawnTextTest, TextsAreNamedByTheFieldsOfTheirEvent) {
  const auto event =
      Read<progress::v1::Event>("reason { index: 1 } assessment_recorded { difference_reason { } }");
  EXPECT_EQ(TextFields(event), (std::map<uint32_t, std::string>{{0, "difference_reason"}, {1, "reason"}}));
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
