#include <gtest/gtest.h>

#include "tests/unit/documents/dump.h"
#include "tests/unit/documents/small_sheet.h"
#include "tools/policyctl/documents/cell.h"

namespace seisaku::documents {
namespace {

const SmallRow kFirst = {.headings = {"1 産業", "1 雇用", "① 企業"}, .action = "誘致", .name = "企業数"};

TEST(HeadingTest, NumbersAreTakenOffInEveryForm) {
  EXPECT_EQ(ParseHeading("1 産業").title, "産業");
  EXPECT_EQ(ParseHeading("1.産業").number, "1.");
  for (const char* text : {"3 産業", "３　産業", "3.産業", "3．産業", "3、産業", "3,産業", "3)産業",
                           "３）産業", "3) 産業", "3：産業", "(3)産業", "③産業", "⑶産業"}) {
    EXPECT_EQ(ParseHeading(text).value, 3) << text;
    EXPECT_EQ(ParseHeading(text).title, "産業") << text;
  }
  EXPECT_EQ(ParseHeading("１２．産業").value, 12);
  EXPECT_EQ(ParseHeading("⑳産業").value, 20);
  EXPECT_EQ(ParseHeading("㉑産業").value, 21);
  EXPECT_EQ(ParseHeading("(2) 産業").form, NumberForm::kBracketed);
  EXPECT_EQ(ParseHeading("（２）産業").value, 2);
  EXPECT_EQ(ParseHeading("　産業 ").title, "産業");
}

TEST(HeadingTest, DigitsOfAWordAreNoNumber) {
  for (const char* text : {"24時間医療",
                           "2030年度構想",
                           "100人会議",
                           "3世代同居",
                           "1人ひとりの学び",
                           "①",
                           "5",
                           "5G環境の整備",
                           "５Ｇ環境の整備",
                           "3R運動",
                           "2級河川",
                           "1人1台",
                           "１人１台端末",
                           "10代の居場所",
                           "1on1面談",
                           "1.5℃目標",
                           "1,000人の雇用",
                           "1-2年生",
                           "6次産業化",
                           "0歳児保育",
                           "7つの約束"}) {
    const Heading heading = ParseHeading(text);
    EXPECT_EQ(heading.number, "") << text;
    EXPECT_EQ(heading.title, text);
    EXPECT_EQ(heading.leading_digits != 0, heading.digits_are_a_word) << text;
  }
}

TEST(HeadingTest, DigitsThatNothingSeparatesAreLeftToTheSiblings) {
  for (const char* text :
       {"2産業", "２地域を担う", "2人材の育成", "2ICTの活用", "2代替", "2歳出", "2つながり"}) {
    const Heading heading = ParseHeading(text);
    EXPECT_EQ(heading.number, "") << text;
    EXPECT_EQ(heading.title, text);
    EXPECT_EQ(heading.leading_digits, 2);
    EXPECT_FALSE(heading.digits_are_a_word) << text;
    EXPECT_EQ(AsNumbered(heading).value, 2);
    EXPECT_EQ(AsNumbered(heading).number + AsNumbered(heading).title, text);
  }
}

// The titles of a sheet's first level, in the order of its rows, each with its number.
std::vector<std::string> GoalsOf(const std::vector<std::string>& printed,
                                 std::vector<Finding>* findings = nullptr) {
  std::vector<SmallRow> rows;
  for (const std::string& goal : printed) {
    rows.push_back({.headings = {goal, "1 雇用", "① 企業"}, .action = "誘致", .name = "件数" + goal});
  }
  const ProgressSheet sheet = ReadSmallSheet(rows);
  EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  std::vector<std::string> goals;
  for (const Node& node : sheet.nodes) {
    if (node.level == 0) goals.push_back(node.number + "|" + node.title);
  }
  if (findings != nullptr) *findings = sheet.findings;
  return goals;
}

TEST(HeadingTest, TitlesThatBeginWithDigitsKeepThem) {
  using Goals = std::vector<std::string>;
  // Whatever number would be next.
  for (const char* title : {"5G環境の整備", "3R運動の推進", "2級河川の改修", "1人1台端末", "10代の居場所"}) {
    EXPECT_EQ(GoalsOf({title, "1 産業"}), (Goals{std::string("|") + title, "1|産業"}));
    EXPECT_EQ(GoalsOf({"1 産業", title}), (Goals{"1|産業", std::string("|") + title}));
    EXPECT_EQ(GoalsOf({"1 産業", "2 福祉", title}), (Goals{"1|産業", "2|福祉", std::string("|") + title}));
    EXPECT_EQ(GoalsOf({std::string("1 ") + title, "2 福祉"}), (Goals{std::string("1|") + title, "2|福祉"}));
    EXPECT_EQ(GoalsOf({std::string("①") + title, "② 福祉"}), (Goals{std::string("①|") + title, "②|福祉"}));
    EXPECT_EQ(GoalsOf({"産業", title}), (Goals{"|産業", std::string("|") + title}));
  }
}

TEST(HeadingTest, DigitsThatMightBeANumberAreAFinding) {
  std::vector<Finding> findings;
  GoalsOf({"1 産業", "2級河川の改修"}, &findings);
  EXPECT_EQ(OnlyFinding(findings, "DIGITS_IN_TITLE").severity, Severity::kWarning);
  EXPECT_EQ(OnlyFinding(findings, "DIGITS_IN_TITLE").printed, "2級河川の改修");
  // No word that is known, and no number that is next.
  EXPECT_EQ(GoalsOf({"1 産業", "7拠点居住"}, &findings), (std::vector<std::string>{"1|産業", "|7拠点居住"}));
  OnlyFinding(findings, "DIGITS_IN_TITLE");
  // The sequence alone says that it is a number.
  EXPECT_EQ(GoalsOf({"1 産業", "2拠点居住"}, &findings), (std::vector<std::string>{"1|産業", "2|拠点居住"}));
  EXPECT_EQ(OnlyFinding(findings, "DIGITS_AS_NUMBER").made, "拠点居住");
  // Nothing speaks for a number: no doubt.
  GoalsOf({"1 産業", "24時間医療"}, &findings);
  EXPECT_TRUE(FindingsOf(findings, "DIGITS_IN_TITLE").empty());
}

TEST(HeadingTest, NumbersGoOnWithoutASeparatorWhereTheDocumentPrintsThemSo) {
  std::vector<Finding> findings;
  EXPECT_EQ(GoalsOf({"1 産業", "1産業", "2福祉", "3教育"}, &findings),
            (std::vector<std::string>{"1|産業", "2|福祉", "3|教育"}));
  EXPECT_TRUE(FindingsOf(findings, "DIGITS_AS_NUMBER").empty());
  EXPECT_EQ(GoalsOf({"1産業", "2福祉", "2 福祉"}, &findings), (std::vector<std::string>{"1|産業", "2|福祉"}));
}

TEST(HeadingTest, DigitsAreNoNumberAmongHeadingsThatHaveNoneOrCircledOnes) {
  using Goals = std::vector<std::string>;
  EXPECT_EQ(GoalsOf({"産業", "2拠点居住"}), (Goals{"|産業", "|2拠点居住"}));
  EXPECT_EQ(GoalsOf({"①産業", "2拠点居住"}), (Goals{"①|産業", "|2拠点居住"}));
}

TEST(HeadingTest, EqualTextWithAnotherNumberIsAnotherHeading) {
  const ProgressSheet sheet =
      ReadSmallSheet({{.headings = {"1 産業", "1 雇用", "① その他"}, .action = "誘致", .name = "件数1"},
                      {.headings = {"", "", "② 企業"}, .action = "誘致", .name = "件数2"},
                      {.headings = {"", "", "③ その他"}, .action = "誘致", .name = "件数3"},
                      {.headings = {"1 産業", "1 雇用", "③ その他"}, .action = "融資", .name = "件数4"},
                      {.headings = {"", "", "① その他"}, .action = "融資", .name = "件数5"}});
  const auto measure_of = [&](size_t row) {
    return sheet.nodes[static_cast<size_t>(sheet.rows.at(row).node)].parent;
  };
  EXPECT_NE(measure_of(0), measure_of(2));
  EXPECT_EQ(measure_of(2), measure_of(3));
  EXPECT_EQ(measure_of(0), measure_of(4));
  EXPECT_EQ(sheet.nodes[static_cast<size_t>(measure_of(2))].number, "③");
  const Finding finding = OnlyFinding(sheet.findings, "SAME_TITLE");
  EXPECT_EQ(finding.line, 5);
  EXPECT_EQ(finding.made, "① その他");
}

TEST(HeadingTest, EqualTextWithANumberInAnotherFormIsTheSameHeadingDamaged) {
  const ProgressSheet sheet =
      ReadSmallSheet({{.headings = {"1 産業", "1 雇用", "① 企業"}, .action = "誘致", .name = "件数1"},
                      {.headings = {"③ 産業", "1 雇用", "① 企業"}, .action = "融資", .name = "件数2"}});
  EXPECT_EQ(PathOf(sheet, 1), "産業 > 雇用 > 企業 > 融資");
  EXPECT_EQ(sheet.nodes.size(), 5U);
  OnlyFinding(sheet.findings, "NUMBER_DAMAGED");
}

TEST(HeadingTest, TheTitleOfAnUpperHeadingMayBeThatOfALowerOne) {
  const ProgressSheet sheet =
      ReadSmallSheet({{.headings = {"1 産業", "1 雇用", "① 企業"}, .action = "誘致", .name = "件数1"},
                      {.headings = {"", "2 その他", "① 祭り"}, .action = "宣伝", .name = "件数2"},
                      {.headings = {"", "3 交流", "① その他"}, .action = "宣伝", .name = "件数3"},
                      {.headings = {"", "② その他の観光"}, .action = "宣伝", .name = "件数4"}});
  EXPECT_EQ(PathOf(sheet, 2), "産業 > 交流 > その他 > 宣伝");
  EXPECT_EQ(PathOf(sheet, 3), "産業 > 交流 > その他の観光 > 宣伝");
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
