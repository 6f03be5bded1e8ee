// The city's two documents, whole. The golden files were compared with the printed documents by eye; to see
// what changed, run the test with SEISAKU_WRITE_GOLDEN=1 and read the diff.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>

#include "tests/unit/documents/dump.h"

namespace seisaku::documents {
namespace {

constexpr std::string_view kSheet = "deploy/sample/isesaki/progress-sheet.txt";
constexpr std::string_view kManifesto = "deploy/sample/isesaki/manifesto.txt";

void ExpectGolden(std::string_view name, const std::string& text) {
  const std::string path = fmt::format("tests/unit/documents/golden/{}", name);
  if (std::getenv("SEISAKU_WRITE_GOLDEN") != nullptr) {
    std::ofstream(fmt::format("{}/{}", SEISAKU_SOURCE_DIR, path), std::ios::binary) << text;
  }
  EXPECT_EQ(text, ReadSourceFile(path));
}

ProgressSheet ReadSampleSheet() { return ReadProgressSheet(ReadSourceFile(kSheet), {}); }

TEST(SampleTest, ProgressSheetReadsAsItWasReadByEye) {
  const ProgressSheet sheet = ReadSampleSheet();
  EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  ExpectGolden("progress_sheet.txt", Dump(sheet));
}

TEST(SampleTest, ProgressSheetTellsOfEveryRepair) {
  ExpectGolden("progress_sheet_findings.txt", Dump(ReadSampleSheet().findings));
}

TEST(SampleTest, ManifestoReadsAsItWasReadByEye) {
  const Manifesto manifesto = ReadManifesto(ReadSourceFile(kManifesto));
  // Nothing had to be repaired: the golden file is empty.
  ExpectGolden("manifesto_findings.txt", Dump(manifesto.findings));
  ExpectGolden("manifesto.txt", Dump(manifesto));
}

TEST(SampleTest, ManifestoHasEightPoliciesWith33MeasuresAnd143Promises) {
  const Manifesto manifesto = ReadManifesto(ReadSourceFile(kManifesto));
  std::map<int, int> items;
  for (const Item& item : manifesto.items) ++items[item.level];
  EXPECT_EQ(items, (std::map<int, int>{{0, 8}, {1, 33}, {2, 143}}));
}

TEST(SampleTest, ProgressSheetHas41RowsAnd43Series) {
  const ProgressSheet sheet = ReadSampleSheet();
  size_t series = 0;
  for (const KpiRow& kpi : sheet.rows) series += kpi.components.empty() ? 1 : kpi.components.size();
  EXPECT_EQ(sheet.rows.size(), 41U);
  EXPECT_EQ(series, 43U);
}

TEST(SampleTest, ProgressSheetHasThreeLostMeasuresAmongItsNodes) {
  const ProgressSheet sheet = ReadSampleSheet();
  std::map<int, int> nodes;
  std::map<int, int> provisional;
  for (const Node& node : sheet.nodes) ++(node.provisional ? provisional : nodes)[node.level];
  EXPECT_EQ(nodes, (std::map<int, int>{{0, 3}, {1, 6}, {2, 13}, {3, 38}}));
  EXPECT_EQ(provisional, (std::map<int, int>{{2, 3}}));
}

TEST(SampleTest, OfficialAssessmentsAreCountedWithTheirCauses) {
  std::map<std::string, int> judgements;
  for (const KpiRow& kpi : ReadSampleSheet().rows) {
    std::string name(JudgementName(kpi.judgement));
    for (Cause cause : kpi.causes) name += fmt::format(" {}", CauseName(cause));
    ++judgements[name];
  }
  EXPECT_EQ(judgements, (std::map<std::string, int>{{"ON_TRACK", 14},
                                                    {"MOSTLY_ON_TRACK", 3},
                                                    {"DELAYED", 7},
                                                    {"DELAYED COVID19", 14},
                                                    {"NOT_EVALUABLE SOURCE_ABOLISHED", 2},
                                                    {"NOT_EVALUABLE FIGURE_PENDING", 1}}));
}

// A later line of the sheet must not decide how an earlier one is read (lines 5 to 57 without those below).
TEST(SampleTest, EveryLeadingPartOfTheSheetReadsTheSame) {
  const std::string text = ReadSourceFile(kSheet);
  const ProgressSheet whole = ReadProgressSheet(text, {});
  for (size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', end + 1)) {
    const ProgressSheet part = ReadProgressSheet(text.substr(0, end), {});
    ASSERT_LE(part.rows.size(), whole.rows.size());
    for (size_t i = 0; i < part.rows.size(); ++i) {
      EXPECT_EQ(part.rows[i].name, whole.rows[i].name);
      EXPECT_EQ(part.rows[i].node, whole.rows[i].node);
    }
  }
}

}  // namespace
}  // namespace seisaku::documents
