#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "fmt/format.h"
#include "tests/support/matchers.h"
#include "tests/unit/import/importing.h"
#include "tools/policyctl/import/findings_file.h"

namespace seisaku::policyctl::imports {
namespace {

using ::testing::HasSubstr;

TEST(SidecarTest, ReadsEveryKey) {
  ASSERT_OK_AND_ASSIGN(const Sidecar sidecar, ParseSidecar("folder/s.toml", R"(
[kpi."交通事故発生件数"]
direction = "decrease"
name = "交通事故の発生件数"
id = "kpi-012"
[kpi."水質"]
direction = "keep_within"
tolerance = "0.50"
alias = "河川の水質"
[kpi."新しい指標"]
new = true
)"));
  EXPECT_EQ(sidecar.file, "s.toml");
  const documents::ConfirmedKpi& accidents = *sidecar.confirmations.Find("交通事故発生件数", {});
  EXPECT_EQ(accidents.direction, documents::Direction::kDecrease);
  EXPECT_EQ(accidents.corrected_name, "交通事故の発生件数");
  EXPECT_EQ(accidents.id, "kpi-012");
  EXPECT_EQ(sidecar.confirmations.Find("水質", {})->tolerance, "0.50");
  EXPECT_EQ(sidecar.confirmations.Find("水質", {})->alias, "河川の水質");
  EXPECT_TRUE(sidecar.confirmations.Find("新しい指標", {})->is_new);
  EXPECT_FALSE(accidents.is_new);
  EXPECT_EQ(sidecar.confirmations.Find("ない指標", {}), nullptr);
}

TEST(SidecarTest, TheLowestHeadingThatIsNamedDecides) {
  ASSERT_OK_AND_ASSIGN(const Sidecar sidecar, ParseSidecar("s.toml", R"(
[[kpi."利用者数"]]
direction = "increase"
[[kpi."利用者数"]]
heading = "図書館の充実"
id = "kpi-001"
[[kpi."利用者数"]]
heading = "1 文化"
id = "kpi-002"
)"));
  const auto id_under = [&](const std::vector<std::string>& headings) {
    const documents::ConfirmedKpi* found = sidecar.confirmations.Find("利用者数", headings);
    return found == nullptr ? "nothing" : found->id.value_or("general");
  };
  EXPECT_EQ(id_under({"図書館の充実", "文化", "1 文化"}), "kpi-001");
  EXPECT_EQ(id_under({"公民館の充実", "文化", "1 文化"}), "kpi-002");
  EXPECT_EQ(id_under({"体育館の充実", "スポーツ"}), "general");
}

TEST(SidecarTest, RefusesWhatItDoesNotKnowWithItsLine) {
  for (const char* text : {
           "\n[kpi.\"x\"]\ndirektion = \"increase\"",
           "\n[kpi.\"x\"]\ndirection = \"up\"",
           "\n[kpi.\"x\"]\nnew = \"yes\"",
           "\n[kpi.\"x\"]\nid = \"KPI 1\"",
           "\n[kpi.\"x\"]\nalias = 3",
           "\n[kpi.\"x\"]\nheading = 3",
           "\n\n[plan]",
           "\n\nkpi = = 3",
       }) {
    const auto sidecar = ParseSidecar("s.toml", text);
    EXPECT_THAT(sidecar, HasReason("SIDECAR_INVALID")) << text;
    EXPECT_THAT(std::string(sidecar.status().message()), HasSubstr("s.toml:3:")) << text;
  }
}

TEST(SidecarTest, RefusesContradictions) {
  EXPECT_THAT(ParseSidecar("s", "[kpi.x]\nnew = true\nalias = \"y\""), HasReason("SIDECAR_INVALID"));
  EXPECT_THAT(ParseSidecar("s", "[kpi.x]\ndirection = \"keep_within\""), HasReason("SIDECAR_INVALID"));
  EXPECT_THAT(ParseSidecar("s", "[[kpi.x]]\nheading = \"y\"\n[[kpi.x]]\nheading = \"y\""),
              HasReason("SIDECAR_INVALID"));
  EXPECT_THAT(ParseSidecar("s", "[[kpi.x]]\nid = \"a\"\n[[kpi.x]]\nid = \"b\""),
              HasReason("SIDECAR_INVALID"));
  EXPECT_THAT(ParseSidecar("s", "[kpi.x]\ntolerance = \"1\""), HasReason("SIDECAR_INVALID"));
}

TEST(SidecarTest, WhatItConfirmsIsNoFindingAndWhatTheSheetLacksIsOne) {
  const CityServices city(documents::ReadProgressSheet(SampleSheet(), {}).levels);
  const ImportPlan plan = PlanSheet(city, SampleSheet(),
                                    {.confirm = "[kpi.\"創業相談件数\"]\ndirection = \"increase\"\n"
                                                "[kpi.\"ない指標\"]\ndirection = \"increase\""});
  for (const documents::Finding& finding : plan.findings) {
    if (finding.code == "DIRECTION_PROPOSED") {
      EXPECT_NE(finding.printed, "創業相談件数");
    }
  }
  EXPECT_EQ(Findings(plan, "CONFIRMATION_UNUSED").size(), 1U);
}

TEST(FindingsFileTest, EscapesWhatJsonAndCsvCannotHold) {
  const std::vector<documents::Finding> findings = {
      {3, 2, "指標名", documents::Severity::kError, "CONFLICT", "a\"b\\c\td", "x,y"}};
  EXPECT_THAT(FindingsAsJson(Language::kJapanese, findings), HasSubstr(R"("printed": "a\"b\\c\u0009d")"));
  EXPECT_THAT(ToCsv(FindingsAsRecords(Language::kEnglish, findings)), HasSubstr(R"("a""b\c)"));
  EXPECT_EQ(FindingsAsJson(Language::kEnglish, {}), "[]\n");
}

TEST(FindingsFileTest, EveryCodeHasASentenceInBothLanguages) {
  for (const documents::FindingMessage& message : ImportFindingMessages()) {
    const documents::Finding finding = MakeImportFinding(message.code, {4, 1, "列", "印刷"}, "結果");
    EXPECT_EQ(finding.severity, message.severity);
    EXPECT_FALSE(SentenceOf(Language::kJapanese, finding).empty());
    EXPECT_NE(SentenceOf(Language::kEnglish, finding), SentenceOf(Language::kJapanese, finding));
  }
}

TEST(FindingsFileTest, WritesBothFormsOrTheOneThatItsNameSays) {
  const std::string folder = testing::TempDir() + fmt::format("findings-{}", getpid());
  std::filesystem::create_directory(folder);
  ASSERT_THAT(WriteFindings(Language::kEnglish, {}, folder + "/all"), IsOk());
  ASSERT_THAT(WriteFindings(Language::kEnglish, {}, folder + "/one.csv"), IsOk());
  EXPECT_TRUE(std::filesystem::exists(folder + "/all.json"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/all.csv"));
  EXPECT_FALSE(std::filesystem::exists(folder + "/one.csv.json"));
  std::ifstream csv(folder + "/one.csv", std::ios::binary);
  char mark[3] = {};
  csv.read(mark, 3);
  EXPECT_EQ(std::string(mark, 3), "\xEF\xBB\xBF");
  std::filesystem::remove_all(folder);
  EXPECT_THAT(WriteFindings(Language::kEnglish, {}, folder + "/x.csv"), HasReason("OUTPUT_UNWRITABLE"));
}

}  // namespace
}  // namespace seisaku::policyctl::imports
