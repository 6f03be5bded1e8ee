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
  for (const char* code : {"SHIFTED",
                           "SWAPPED",
                           "INHERITED",
                           "NUMBER_DAMAGED",
                           "SPELLING_VARIANT",
                           "PROVISIONAL_NAME",
                           "SHARED_NODE",
                           "FULLWIDTH_DIGITS",
                           "CHARACTER_REPAIRED",
                           "YEAR_FROM_CELL",
                           "PROVISIONAL_VALUE",
                           "UNIT_TAKEN",
                           "NO_FIGURE",
                           "QUALITATIVE_TARGET",
                           "QUALITATIVE_MET",
                           "QUALITATIVE_UNDECIDED",
                           "DEPARTMENTS_SPLIT",
                           "CAUSE_PROPOSED",
                           "CAUSE_UNKNOWN",
                           "DIRECTION_UNCONFIRMED",
                           "YEAR_FROM_TITLE",
                           "SAME_TITLE",
                           "DIGITS_AS_NUMBER",
                           "DIGITS_IN_TITLE"}) {
    EXPECT_TRUE(codes.contains(code)) << code;
  }
}

// What is compared for every year has several of them.
TEST(DerivedSheetTest, TheSheetsHaveSeveralYearsAcrossAndTitlesWithDigits) {
  int several_targets = 0;
  int several_actuals = 0;
  int digits = 0;
  int words_like_a_judgement = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    const ProgressSheet expected = DeriveSheet(seed).expected;
    int targets = 0;
    int actuals = 0;
    for (const YearColumns& year : expected.years) {
      targets += year.target ? 1 : 0;
      actuals += year.actual ? 1 : 0;
    }
    several_targets += targets > 2 ? 1 : 0;
    several_actuals += actuals > 1 ? 1 : 0;
    for (const Node& node : expected.nodes) digits += node.title.find_first_of("0123456789") == 0 ? 1 : 0;
    for (const KpiRow& row : expected.rows)
      words_like_a_judgement += ParseJudgement(row.implementation_status.text) ? 1 : 0;
  }
  EXPECT_GT(several_targets, 10);
  EXPECT_GT(several_actuals, 10);
  EXPECT_GT(digits, 50);
  EXPECT_GT(words_like_a_judgement, 10);
}

TEST(DerivedSheetTest, TheSheetsHaveBoundsAndNotesBesideNumbersAndWordsInsteadOfThem) {
  std::set<type::v1::Qualifier> bounds;
  std::set<std::string> notes;
  std::set<std::string> no_figures;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    const ProgressSheet expected = DeriveSheet(seed).expected;
    for (const KpiRow& row : expected.rows) {
      for (const CellValue* value : row.Values()) {
        if (value->kind == CellValue::Kind::kNoFigure) no_figures.insert(value->text);
        for (const Component& number : value->numbers) {
          bounds.insert(number.qualifier);
          notes.insert(number.note);
        }
      }
    }
  }
  EXPECT_EQ(bounds.size(), 7U);
  EXPECT_GE(notes.size(), 8U);
  EXPECT_GE(no_figures.size(), 6U);
}

TEST(DerivedSheetTest, TheSameSeedGivesTheSameSheet) {
  EXPECT_EQ(DeriveSheet(7).text, DeriveSheet(7).text);
  EXPECT_NE(DeriveSheet(7).text, DeriveSheet(8).text);
}

}  // namespace
}  // namespace seisaku::documents
