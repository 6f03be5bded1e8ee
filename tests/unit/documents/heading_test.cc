#include <gtest/gtest.h>

#include "tests/unit/documents/dump.h"
#include "tests/unit/documents/small_sheet.h"
#include "tools/policyctl/documents/cell.h"

namespace seisaku::documents {
namespace {

const SmallRow kFirst = {.headings = {"1 産業", "1 雇用", "① 企業"}, .action = "誘致", .name = "企業数"};

TEST(HeadingTest, NumbersAreTakenOffInEveryForm) {
  EXPECT_EQ(ParseHeading("1 産業").title, "産業");
  EXPECT_EQ(ParseHeading("1産業").number, "1");
  EXPECT_EQ(ParseHeading("１２．産業").value, 12);
  EXPECT_EQ(ParseHeading("⑳産業").value, 20);
  EXPECT_EQ(ParseHeading("㉑産業").value, 21);
  EXPECT_EQ(ParseHeading("(2) 産業").form, NumberForm::kBracketed);
  EXPECT_EQ(ParseHeading("（２）産業").value, 2);
  EXPECT_EQ(ParseHeading("　産業 ").title, "産業");
}

TEST(HeadingTest, DigitsOfAWordAreNoNumber) {
  for (const char* text : {"24時間医療", "2030年度構想", "100人会議", "3世代同居", "1人ひとりの学び", "①"}) {
    EXPECT_EQ(ParseHeading(text).number, "") << text;
    EXPECT_EQ(ParseHeading(text).title, text);
  }
}

TEST(HeadingTest, BlankInheritsFromAbove) {
  const ProgressSheet sheet = ReadSmallSheet({kFirst, {.headings = {"", "", ""}, .action = "融資"}});
  EXPECT_EQ(PathOf(sheet, 1), "産業 > 雇用 > 企業 > 融資");
  const Finding finding = OnlyFinding(sheet.findings, "INHERITED");
  EXPECT_EQ(finding.line, 4);
  EXPECT_EQ(finding.made, "産業 / 雇用 / 企業");
}

TEST(HeadingTest, BlankNeverInheritsAcrossAChangeOfAHigherLevel) {
  const ProgressSheet sheet = ReadSmallSheet({kFirst, {.headings = {"2 福祉", "", ""}, .action = "介護"}});
  EXPECT_EQ(PathOf(sheet, 1), "福祉 > 〔名称欠落〕 > 〔名称欠落〕 > 介護");
  EXPECT_EQ(FindingsOf(sheet.findings, "PROVISIONAL_NAME").size(), 2U);
  EXPECT_EQ(FindingsOf(sheet.findings, "PROVISIONAL_NAME")[0].severity, Severity::kError);
  EXPECT_FALSE(HasFatal(sheet.findings));
}

TEST(HeadingTest, SwappedMiddleCellsAreToldByTheFormOfTheirNumbers) {
  const ProgressSheet sheet =
      ReadSmallSheet({{.headings = {"1 産業", "① 企業", "1 雇用"}, .action = "誘致"}});
  EXPECT_EQ(PathOf(sheet, 0), "産業 > 雇用 > 企業 > 誘致");
  EXPECT_EQ(FindingsOf(sheet.findings, "SWAPPED").size(), 2U);
}

TEST(HeadingTest, TextSeenBeforeDecidesAgainstTheNumbersForm) {
  const ProgressSheet sheet =
      ReadSmallSheet({kFirst, {.headings = {"1産業", "①雇用", "起業"}, .action = "融資"}});
  EXPECT_EQ(PathOf(sheet, 1), "産業 > 雇用 > 起業 > 融資");
  EXPECT_EQ(FindingsOf(sheet.findings, "SPELLING_VARIANT").size(), 1U);
  EXPECT_EQ(FindingsOf(sheet.findings, "NUMBER_DAMAGED").size(), 2U);
  EXPECT_EQ(sheet.nodes[1].number, "1");
}

TEST(HeadingTest, LostColumnIsFilledByTheNumberThatGoesOn) {
  const ProgressSheet sheet =
      ReadSmallSheet({kFirst,
                      {.headings = {"", "② 起業"}, .action = "融資", .name = "件数1"},
                      {.headings = {"", "③ 就労"}, .action = "面接", .name = "件数2"},
                      {.headings = {"", "2 交流"}, .action = "祭り", .name = "件数3"},
                      {.headings = {"", "④ 観光"}, .action = "宣伝", .name = "件数4"}});
  EXPECT_EQ(PathOf(sheet, 1), "産業 > 雇用 > 起業 > 融資");
  EXPECT_EQ(PathOf(sheet, 2), "産業 > 雇用 > 就労 > 面接");
  EXPECT_EQ(PathOf(sheet, 3), "産業 > 交流 > 〔名称欠落〕 > 祭り");
  EXPECT_EQ(PathOf(sheet, 4), "産業 > 交流 > 観光 > 宣伝");
  EXPECT_EQ(FindingsOf(sheet.findings, "SHIFTED").size(), 4U);
}

TEST(HeadingTest, NumberThatSkipsAGroupGoesOnInTheLowerLevelWhateverItsForm) {
  const ProgressSheet sheet =
      ReadSmallSheet({kFirst, {.headings = {"", "3 起業"}, .action = "融資", .name = "件数"}});
  EXPECT_EQ(PathOf(sheet, 1), "産業 > 雇用 > 起業 > 融資");
  EXPECT_EQ(OnlyFinding(sheet.findings, "NUMBER_DAMAGED").line, 4);
}

TEST(HeadingTest, NumberThatFitsNowhereOpensANewGroup) {
  const ProgressSheet sheet =
      ReadSmallSheet({kFirst,
                      {.headings = {"", "② 起業"}, .action = "融資", .name = "件数1"},
                      {.headings = {"", "① 交流"}, .action = "祭り", .name = "件数2"}});
  EXPECT_EQ(PathOf(sheet, 2), "産業 > 交流 > 〔名称欠落〕 > 祭り");
  EXPECT_EQ(OnlyFinding(sheet.findings, "NUMBER_DAMAGED").line, 5);
}

TEST(HeadingTest, LostNameIsOneNodeForTheRowsThatShareIt) {
  const ProgressSheet sheet =
      ReadSmallSheet({{.headings = {"1 産業", "1 雇用"}, .action = "誘致", .name = "件数1"},
                      {.headings = {"", ""}, .action = "融資", .name = "件数2"}});
  EXPECT_EQ(PathOf(sheet, 1), "産業 > 雇用 > 〔名称欠落〕 > 融資");
  OnlyFinding(sheet.findings, "PROVISIONAL_NAME");
}

TEST(HeadingTest, OneActionCellIsOneNodeAndEqualTextIsTheSame) {
  const ProgressSheet sheet =
      ReadSmallSheet({{.headings = {"1 産業", "1 雇用", "① 企業"}, .action = "誘致 融資", .name = "件数1"},
                      {.headings = {"", "", ""}, .action = "面接", .name = "件数2"},
                      {.headings = {"", "", ""}, .action = "誘致 融資", .name = "件数3"}});
  EXPECT_EQ(sheet.rows[0].node, sheet.rows[2].node);
  EXPECT_EQ(sheet.nodes.size(), 5U);
  EXPECT_EQ(OnlyFinding(sheet.findings, "SHARED_NODE").line, 5);
}

TEST(HeadingTest, TheSameActionUnderAnotherMeasureIsAnotherNode) {
  const ProgressSheet sheet =
      ReadSmallSheet({kFirst, {.headings = {"", "", "② 起業"}, .action = "誘致", .name = "件数"}});
  EXPECT_NE(sheet.rows[0].node, sheet.rows[1].node);
}

TEST(HeadingTest, OneEmptyCellTooManyIsDropped) {
  const ProgressSheet sheet =
      ReadSmallSheet({{.headings = {"1 産業", "1 雇用", "① 企業", ""}, .action = "誘致"}});
  EXPECT_EQ(PathOf(sheet, 0), "産業 > 雇用 > 企業 > 誘致");
  EXPECT_FALSE(HasFatal(sheet.findings));
}

}  // namespace
}  // namespace seisaku::documents
