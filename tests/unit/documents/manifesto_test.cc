#include "tools/policyctl/documents/manifesto.h"

#include <gtest/gtest.h>

#include "tests/unit/documents/dump.h"
#include "tests/unit/documents/small_sheet.h"

namespace seisaku::documents {
namespace {

constexpr std::string_view kHeader = "\n公約一覧\n\n柱\t\t約束\t\nNo.\t名称\tNo.\t名称\n";

Manifesto ReadRows(const std::string& rows) { return ReadManifesto(std::string(kHeader) + rows); }

TEST(ManifestoTest, GroupsGoOnAcrossPages) {
  const Manifesto manifesto = ReadManifesto(std::string(kHeader) + "1\t産業\t1\t誘致\n" +
                                            std::string(kHeader) + "1\t産業\t2\t起業\n2\t福祉\t1\t介護\n");
  EXPECT_EQ(manifesto.title, "公約一覧");
  EXPECT_EQ(manifesto.levels, (std::vector<std::string>{"柱", "約束"}));
  ASSERT_EQ(manifesto.items.size(), 5U);
  EXPECT_EQ(manifesto.items[2].parent, 0);
  EXPECT_EQ(Dump(manifesto.findings), "");
}

TEST(ManifestoTest, NamesStayByteForByte) {
  const Manifesto manifesto = ReadRows("1\t行財政改革①市民サービス、ＩＴ\t1\t1番の約束\r\n");
  EXPECT_EQ(manifesto.items[0].title, "行財政改革①市民サービス、ＩＴ");
  EXPECT_EQ(manifesto.items[1].title, "1番の約束");
}

// The number has a column of its own: digits at the head of a name are never taken for one.
TEST(ManifestoTest, NamesThatBeginWithDigitsKeepThem) {
  const Manifesto manifesto = ReadRows(
      "1\t5G環境の整備\t1\t3R運動\n\t5G環境の整備\t2\t2級河川\n2\t10代の居場所\t1\t1人1台\n2\t10代の居場所\t"
      "\t2拠点居住\n");
  std::vector<std::string> items;
  for (const Item& item : manifesto.items) items.push_back(item.number + "|" + item.title);
  EXPECT_EQ(items, (std::vector<std::string>{"1|5G環境の整備", "1|3R運動", "2|2級河川", "2|10代の居場所",
                                             "1|1人1台", "|2拠点居住"}));
}

TEST(ManifestoTest, BlankPairInheritsFromAbove) {
  const Manifesto manifesto = ReadRows("1\t産業\t1\t誘致\n\t\t2\t起業\n");
  EXPECT_EQ(manifesto.items.size(), 3U);
  EXPECT_EQ(OnlyFinding(manifesto.findings, "INHERITED").line, 7);
}

TEST(ManifestoTest, GapInTheNumberingIsTold) {
  const Finding finding =
      OnlyFinding(ReadRows("1\t産業\t1\t誘致\n1\t産業\t3\t起業\n").findings, "NUMBER_NOT_DENSE");
  EXPECT_EQ(finding.line, 7);
  EXPECT_EQ(finding.made, "2");
}

TEST(ManifestoTest, AnotherTitleForTheSameNumberIsToldAndTheFirstIsKept) {
  const Manifesto manifesto = ReadRows("1\t産業\t1\t誘致\n1\t工業\t2\t起業\n");
  EXPECT_EQ(manifesto.items.size(), 3U);
  EXPECT_EQ(manifesto.items[0].title, "産業");
  EXPECT_EQ(OnlyFinding(manifesto.findings, "TITLE_DIFFERS").severity, Severity::kError);
}

TEST(ManifestoTest, ARowIsNeverLostToAnotherOneOfItsNumber) {
  const Manifesto manifesto = ReadRows("1\t産業\t1\t誘致\n1\t産業\t1\t起業\n");
  EXPECT_EQ(manifesto.items.size(), 3U);
  OnlyFinding(manifesto.findings, "NUMBER_NOT_DENSE");
}

TEST(ManifestoTest, ARowPrintedTwiceIsOneItem) {
  const Manifesto manifesto = ReadRows("1\t産業\t1\t誘致\n1\t産業\t1\t誘致\n");
  EXPECT_EQ(manifesto.items.size(), 2U);
  EXPECT_EQ(OnlyFinding(manifesto.findings, "DUPLICATE_ITEM").line, 7);
}

TEST(ManifestoTest, RowsOfTheWrongWidthAreFatal) {
  EXPECT_EQ(OnlyFinding(ReadRows("1\t産業\t1\n").findings, "ROW_TRUNCATED").severity, Severity::kFatal);
  EXPECT_EQ(OnlyFinding(ReadRows("1\t産業\t1\t誘致\t余り\n").findings, "ROW_MISALIGNED").column, 5);
}

}  // namespace
}  // namespace seisaku::documents
