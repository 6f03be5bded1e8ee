// Files that are refused: each says where, what was printed and what would be right.
#include <gtest/gtest.h>

#include <set>

#include "services/base/text.h"
#include "tests/unit/documents/dump.h"
#include "tests/unit/documents/small_sheet.h"
#include "tools/policyctl/documents/encoding.h"
#include "tools/policyctl/documents/finding_code.h"
#include "tools/policyctl/documents/lines.h"
#include "tools/policyctl/documents/manifesto.h"

namespace seisaku::documents {
namespace {

const SmallRow kRow = {.headings = {"1 産業", "1 雇用", "① 企業"}, .action = "誘致"};

std::vector<Finding> FindingsIn(std::string_view text) { return ReadProgressSheet(text, {}).findings; }

TEST(RefusedTest, EmptyFilesAndFilesThatAreNoText) {
  EXPECT_EQ(FindingsIn("").at(0).code, "EMPTY_FILE");
  EXPECT_EQ(FindingsIn(" \n\t\n").at(0).code, "EMPTY_FILE");
  EXPECT_EQ(FindingsIn(std::string_view("a\0b", 3)).at(0).code, "CONTROL_CHARACTER");
  EXPECT_EQ(FindingsIn("\xFF\xFE\x30\x01").at(0).code, "NOT_TEXT");
  EXPECT_EQ(FindingsIn("PK\x03\x04 and so on").at(0).code, "NOT_TEXT");
  EXPECT_EQ(FindingsIn("%PDF-1.7\n").at(0).code, "NOT_TEXT");
  EXPECT_EQ(ReadManifesto("").findings.at(0).code, "EMPTY_FILE");
}

TEST(EncodingTest, Cp932IsConvertedAndNamed) {
  const std::string text = SmallSheetText({kRow});
  const ProgressSheet sheet = ReadProgressSheet(*Utf8ToCp932(text), {});
  const ProgressSheet same = ReadProgressSheet(text, {});
  EXPECT_EQ(OnlyFinding(sheet.findings, "ENCODING_CONVERTED").severity, Severity::kWarning);
  EXPECT_EQ(Dump(sheet), Dump(same));
  EXPECT_FALSE(HasFatal(sheet.findings));
}

TEST(EncodingTest, BadUtf8NamesLineFieldAndByte) {
  const Finding finding = FindingsIn("abc\n産\t業\xFF\xFF\n").at(0);
  EXPECT_EQ(finding.code, "NOT_UTF8");
  EXPECT_EQ(finding.line, 2);
  EXPECT_EQ(finding.column, 2);
  EXPECT_EQ(finding.printed, "0xFF 0xFF 0x0A");
  EXPECT_EQ(finding.made, "8");
}

// A text that is cut at any byte is refused or read as the same characters, and never taken for CP932, though
// much of it would be readable as such.
TEST(EncodingTest, Utf8CutAtAnyByteIsNeverTakenForCp932) {
  const std::string text = ReadSourceFile("deploy/sample/isesaki/progress-sheet.txt").substr(0, 600);
  for (size_t size = 1; size < text.size(); ++size) {
    std::vector<Finding> findings;
    const std::optional<std::string> decoded = DecodeDocument(text.substr(0, size), findings);
    if (size < 20) continue;  // two or three characters, the last of them cut: nothing to tell them by
    ASSERT_TRUE(FindingsOf(findings, "ENCODING_CONVERTED").empty()) << size;
    if (decoded) {
      EXPECT_EQ(*decoded, text.substr(0, size));
    }
  }
}

TEST(EncodingTest, Cp932CutInACharacterNamesThePlaceOfTheCut) {
  const std::string cp932 = *Utf8ToCp932("大目標\t小目標\n産業");
  const Finding finding = FindingsIn(cp932.substr(0, cp932.size() - 1)).at(0);
  EXPECT_EQ(finding.code, "NOT_UTF8");
  EXPECT_EQ(finding.line, 2);
  EXPECT_EQ(finding.made, "3");
}

TEST(LinesTest, QuotesOfASpreadsheetAreTakenOffAndPrintedOnesStay) {
  std::vector<Finding> findings;
  const std::vector<Line> lines =
      ReadLines("\"12,025億円\"\t\"「\"\"未来\"\"」\"\t\"未来\"\t\"a\"b,\"\r\n", findings);
  EXPECT_EQ(lines.at(0).fields,
            (std::vector<std::string>{"12,025億円", "「\"未来\"」", "\"未来\"", "\"a\"b,\""}));
}

TEST(LinesTest, MarkAndLineEndsAreNoText) {
  std::vector<Finding> findings;
  const std::vector<Line> lines = ReadLines(
      "\xEF\xBB\xBF"
      "a\tb\r\n\r\nc",
      findings);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].fields, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(lines[1].IsBlank());
  EXPECT_EQ(lines[2].number, 3);
}

TEST(RefusedTest, ADocumentOfTheOtherKindIsNotRead) {
  EXPECT_EQ(FindingsIn(ReadSourceFile("deploy/sample/isesaki/manifesto.txt")).at(0).code,
            "NOT_A_PROGRESS_SHEET");
  const Manifesto manifesto = ReadManifesto(ReadSourceFile("deploy/sample/isesaki/progress-sheet.txt"));
  EXPECT_EQ(OnlyFinding(manifesto.findings, "NOT_A_MANIFESTO").severity, Severity::kFatal);
}

TEST(RefusedTest, RowBeforeTheHeader) {
  const std::string text = SmallSheetText({kRow});
  const std::string row = text.substr(text.rfind("1 産業"));
  EXPECT_EQ(OnlyFinding(FindingsIn(row + text), "HEADER_MISSING").line, 1);
}

TEST(RefusedTest, HeaderWithoutAColumn) {
  std::string text = SmallSheetText({kRow});
  text.replace(text.find("令和5年度実績値"), std::string("令和5年度実績値").size(), "その他");
  const std::vector<Finding> findings = FindingsIn(text);
  EXPECT_TRUE(HasFatal(findings));
  EXPECT_FALSE(FindingsOf(findings, "HEADER_INCOMPLETE").empty());
}

TEST(RefusedTest, PagesOfTwoYears) {
  std::string other = SmallSheetText({kRow});
  for (size_t at = other.find("令和5年度"); at != std::string::npos; at = other.find("令和5年度")) {
    other.replace(at, std::string("令和5年度").size(), "令和6年度");
  }
  EXPECT_EQ(OnlyFinding(FindingsIn(SmallSheetText({kRow}) + "\n" + other), "HEADER_DIFFERS").severity,
            Severity::kFatal);
}

TEST(RefusedTest, UnknownJudgementSaysWhatWouldBeRight) {
  SmallRow row = kRow;
  row.judgement = "順調";
  const Finding finding = OnlyFinding(ReadSmallSheet({row}).findings, "JUDGEMENT_UNKNOWN");
  EXPECT_EQ(finding.line, 3);
  EXPECT_EQ(finding.column, 10);
  EXPECT_EQ(finding.printed, "順調");
  EXPECT_NE(SentenceJapanese(finding).find("「評価不可」"), std::string::npos);
}

TEST(RefusedTest, TwoJudgementsInARowAreNamedWithTheirPlaces) {
  SmallRow row = kRow;
  row.later = "評価不可";
  const Finding finding = OnlyFinding(ReadSmallSheet({row}).findings, "JUDGEMENT_AMBIGUOUS");
  EXPECT_EQ(finding.severity, Severity::kFatal);
  EXPECT_EQ(finding.made, "9列目「評価不可」、10列目「順調に進捗」");
  EXPECT_EQ(finding.made_english, "column 9 \"評価不可\", column 10 \"順調に進捗\"");
}

TEST(RowTest, AnyTextMayReadLikeAJudgement) {
  for (const int lost : {0, 1}) {
    SmallRow row = kRow;
    row.headings.resize(row.headings.size() - static_cast<size_t>(lost));
    row.status = "順調に進捗";
    row.judgement = "進捗の遅れ";
    row.reason = "評価不可";
    std::string text = SmallSheetText({row});
    text.replace(text.rfind("-\t-"), 3, "概ね順調に進捗\t順調に進捗");
    const ProgressSheet sheet = ReadProgressSheet(text, {});
    EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
    const KpiRow& kpi = sheet.rows.at(0);
    EXPECT_EQ(kpi.judgement, Judgement::kDelayed);
    EXPECT_EQ(kpi.implementation_status.text, "順調に進捗");
    EXPECT_EQ(kpi.reason_for_delay.text, "評価不可");
    EXPECT_EQ(kpi.issues.text, "概ね順調に進捗");
    EXPECT_EQ(kpi.next_steps.text, "順調に進捗");
    EXPECT_EQ(kpi.Judged().target->source.printed, "10人");
    EXPECT_EQ(kpi.department_source.printed, "企画課");
  }
}

// A text that reads like a judgement does not stand in for one that cannot be read.
TEST(RefusedTest, AnUnknownJudgementIsNamedThoughATextReadsLikeOne) {
  SmallRow row = kRow;
  row.judgement = "順調";
  row.status = "順調に進捗";
  EXPECT_EQ(OnlyFinding(ReadSmallSheet({row}).findings, "JUDGEMENT_UNKNOWN").column, 10);
  row.status = "実施した。";
  row.reason = "順調に進捗";
  row.headings[1] = "";
  EXPECT_EQ(OnlyFinding(ReadSmallSheet({row}).findings, "JUDGEMENT_UNKNOWN").printed, "順調");
}

// The row that ends a page stands right above the header of the next one.
TEST(RefusedTest, ARowBeforeAPagesHeaderIsNeverTakenForAPartOfIt) {
  const std::string page = SmallSheetText({kRow});
  const std::string header = page.substr(0, page.find("1 産業"));
  const std::string lower = header.substr(header.find('\n') + 1);
  SmallRow other = kRow;
  other.name = "件数";
  const std::string second_row = SmallSheetText({other}).substr(header.size());
  for (const std::string& few : {std::string("\t\t\t融資\t\t件数\t\t\t\t順調\t\t\t\t"),
                                 std::string("\t\t\t\t\t件数\t\t\t\t順調\t\t\t\t企画課"),
                                 std::string("2 福祉\t\t\t介護\t\t\t\t\t\t順調です\t\t\t\t")}) {
    for (const std::string& next : {header, lower}) {
      // With a blank line between, and without.
      for (const char* between : {"\n", "\n\n"}) {
        const std::string text = page + few + between + next + second_row;
        const std::vector<Finding> findings = FindingsIn(text);
        EXPECT_EQ(OnlyFinding(findings, "JUDGEMENT_UNKNOWN").line, 4) << text << Dump(findings);
      }
    }
  }
}

TEST(RefusedTest, ALineOfAnUpperHeaderThatNamesNoColumnIsTold) {
  const std::string page = SmallSheetText({kRow});
  std::string text = page;
  text.replace(text.find("\t\t担当課\n"), std::string("\t\t担当課\n").size(), "\t\t\n");
  text.replace(text.find("今後の方策等\t\n"), std::string("今後の方策等\t\n").size(),
               "今後の方策等\t担当課\n");
  const ProgressSheet sheet = ReadProgressSheet(text, {});
  EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  EXPECT_EQ(OnlyFinding(sheet.findings, "LINE_IGNORED").line, 1);
  EXPECT_EQ(sheet.rows.size(), 1U);
}

TEST(RefusedTest, RowThatIsCutShort) {
  std::string text = SmallSheetText({kRow});
  text.resize(text.find("順調に進捗"));
  EXPECT_EQ(OnlyFinding(FindingsIn(text), "ROW_TRUNCATED").line, 3);
  text += "順調に進捗\t-\t";
  EXPECT_EQ(OnlyFinding(FindingsIn(text), "ROW_TRUNCATED").column, 13);
}

TEST(RefusedTest, ARowBrokenIntoTwoLinesIsNotPassedOver) {
  std::string text = SmallSheetText({kRow});
  text.insert(text.size() - 1, "\n道路課");
  EXPECT_EQ(OnlyFinding(FindingsIn(text), "ROW_TRUNCATED").line, 4);
}

TEST(RefusedTest, TextAfterTheLastColumn) {
  SmallRow row = kRow;
  row.department = "企画課\t\t余り";
  EXPECT_EQ(OnlyFinding(ReadSmallSheet({row}).findings, "ROW_MISALIGNED").printed, "余り");
}

TEST(RefusedTest, MoreHeadingsThanLevels) {
  SmallRow row = kRow;
  row.headings = {"1 産業", "1 雇用", "① 企業", "② 起業"};
  EXPECT_TRUE(HasFatal(ReadSmallSheet({row}).findings));
}

TEST(RefusedTest, TheSameKpiTwiceUnderOneHeading) {
  SmallRow again = kRow;
  again.headings = {"", "", ""};
  again.action = "";
  EXPECT_EQ(OnlyFinding(ReadSmallSheet({kRow, again}).findings, "DUPLICATE_KPI").line, 4);
  again.action = "融資";
  EXPECT_TRUE(FindingsOf(ReadSmallSheet({kRow, again}).findings, "DUPLICATE_KPI").empty());
}

TEST(RefusedTest, AllFatalFindingsAreCollected) {
  SmallRow bad = kRow;
  bad.judgement = "よい";
  EXPECT_EQ(FindingsOf(ReadSmallSheet({bad, kRow, bad}).findings, "JUDGEMENT_UNKNOWN").size(), 2U);
}

TEST(FindingTest, EveryCodeHasOneSentenceInBothLanguages) {
  std::set<std::string_view> codes;
  for (const FindingMessage& message : FindingMessages()) {
    EXPECT_TRUE(codes.insert(message.code).second) << message.code;
    const Finding finding = MakeFinding(message.code, {1, 2, "列", "印刷"}, "結果");
    EXPECT_TRUE(SentenceJapanese(finding).ends_with("。")) << message.code;
    EXPECT_TRUE(SentenceEnglish(finding).ends_with(".")) << message.code;
    EXPECT_EQ(SentenceEnglish(finding).find('{'), std::string::npos) << message.code;
  }
}

TEST(FindingTest, SentencesStayShort) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "長";
  const std::string sentence =
      SentenceJapanese(MakeFinding(finding_code::kSpellingVariant, {.printed = text}, text));
  EXPECT_LT(sentence.size(), 600U);
}

}  // namespace
}  // namespace seisaku::documents
