// Sheets that nobody has seen: the reader must find the model that each was printed from.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <string_view>

#include "tests/support/documents/derived_sheet.h"
#include "tests/unit/documents/dump.h"

namespace seisaku::documents {
namespace {

uint64_t SeedCount() {
  const char* scale = std::getenv("SEISAKU_SCALE");
  return scale != nullptr && std::string_view(scale) == "full" ? 10'000 : 200;
}

TEST(DerivedSheetTest, EverySheetReadsAsTheModelThatItWasPrintedFrom) {
  for (uint64_t seed = 1; seed <= SeedCount(); ++seed) {
    const DerivedSheet derived = DeriveSheet(seed);
    const ProgressSheet read = ReadProgressSheet(derived.text, {});
    ASSERT_EQ(Describe(read), Describe(derived.expected)) << "seed " << seed << "\n"
                                                          << derived.text << "\n"
                                                          << Dump(read.findings);
    ASSERT_FALSE(HasFatal(read.findings)) << "seed " << seed << "\n"
                                          << derived.text << "\n"
                                          << Dump(read.findings);
  }
}

TEST(DerivedSheetTest, TheSheetsCarryEveryKindOfDamage) {
  std::set<std::string> codes;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    for (const Finding& finding : ReadProgressSheet(DeriveSheet(seed).text, {}).findings)
      codes.insert(finding.code);
  }
  for (const char* code : {"SHIFTED", "SWAPPED", "INHERITED", "NUMBER_DAMAGED", "SPELLING_VARIANT",
                           "PROVISIONAL_NAME", "SHARED_NODE", "FULLWIDTH_DIGITS", "CHARACTER_REPAIRED",
                           "YEAR_FROM_CELL", "QUALITATIVE_TARGET", "QUALITATIVE_MET", "QUALITATIVE_UNDECIDED",
                           "DEPARTMENTS_SPLIT", "CAUSE_PROPOSED", "CAUSE_UNKNOWN", "DIRECTION_UNCONFIRMED"}) {
    EXPECT_TRUE(codes.contains(code)) << code;
  }
}

TEST(DerivedSheetTest, TheSameSeedGivesTheSameSheet) {
  EXPECT_EQ(DeriveSheet(7).text, DeriveSheet(7).text);
  EXPECT_NE(DeriveSheet(7).text, DeriveSheet(8).text);
}

}  // namespace
}  // namespace seisaku::documents
