#include "tools/policyctl/table.h"

#include "gtest/gtest.h"
#include "services/base/text.h"
#include "tools/policyctl/csv.h"

namespace seisaku::policyctl {
namespace {

Table Sample() {
  Table table({{"ID"}, {"指標", Column::Align::kLeft, true}, {"実績値", Column::Align::kRight}});
  table.AddHeading("1 しごとの創生");
  table.AddRow({"kpi-001", "交通事故発生件数", "1,143件"});
  table.AddHeading("① 安定した雇用の創出", 2);
  table.AddRow({"kpi-002", "健康寿命 (男性)", "78.46歳"});
  return table;
}

TEST(TableTest, AlignsJapaneseByTheColumnsThatItTakes) {
  EXPECT_EQ(Render(Sample(), {}),
            "ID       指標               実績値\n"
            "-------  ----------------  -------\n"
            "1 しごとの創生\n"
            "kpi-001  交通事故発生件数  1,143件\n"
            "  ① 安定した雇用の創出\n"
            "kpi-002  健康寿命 (男性)   78.46歳\n");
}

TEST(TableTest, CutsWhatMayBeCutToTheTerminal) {
  EXPECT_EQ(Render(Sample(), {.terminal_width = 30}),
            "ID       指標           実績値\n"
            "-------  ------------  -------\n"
            "1 しごとの創生\n"
            "kpi-001  交通事故発…   1,143件\n"
            "  ① 安定した雇用の創出\n"
            "kpi-002  健康寿命 (…   78.46歳\n");
}

TEST(TableTest, CutsNothingWhereThereIsNoTerminal) {
  Table table({{"a", Column::Align::kLeft, true}});
  const std::string long_title(500, 'x');
  table.AddRow({long_title});
  EXPECT_NE(Render(table, {}).find(long_title), std::string::npos);
}

TEST(TableTest, NeverCutsAFigure) {
  const std::string text = Render(Sample(), {.terminal_width = 10});
  EXPECT_NE(text.find("1,143件"), std::string::npos);
  EXPECT_NE(text.find("kpi-001"), std::string::npos);
}

TEST(TableTest, CountsAmbiguousCharactersAsTheTerminalDoes) {
  Table table({{"名称"}, {"値"}});
  table.AddRow({"①", "x"});
  EXPECT_EQ(Render(table, {.ambiguous_width = 1}),
            "名称  値\n"
            "----  --\n"
            "①     x\n");
  EXPECT_EQ(Render(table, {.ambiguous_width = 2}),
            "名称  値\n"
            "----  --\n"
            "①    x\n");
}

TEST(TableTest, KeepsACellWithLineBreaksOnOneLine) {
  Table table({{"a"}, {"b"}});
  table.AddRow({"one\ntwo\tthree", "x"});
  EXPECT_EQ(Render(table, {}),
            "a              b\n"
            "-------------  -\n"
            "one two three  x\n");
}

TEST(TableTest, AlignsWhatItMakesVisible) {
  Table table({{"a", Column::Align::kLeft, true}, {"b"}});
  table.AddHeading("\u202E見出し\x1B");
  table.AddRow({"\x1B[31m", "x"});
  table.AddRow({"👨\u200D👩\u200D👧葛\U000E0100", "y"});
  EXPECT_EQ(Render(table, {}),
            "a      b\n"
            "-----  -\n"
            "⟨U+202E⟩見出し␛\n"
            "␛[31m  x\n"
            "👨\u200D👩\u200D👧葛\U000E0100   y\n");
  EXPECT_EQ(Table(table).Records()[1][0], "\x1B[31m");
}

TEST(TableTest, RecordsHaveNoHeadings) {
  const Records records = Sample().Records();
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0][1], "指標");
  EXPECT_EQ(records[2][0], "kpi-002");
}

TEST(WrapLineTest, EndsLinesAtMarksAndIsNoWiderThanTheTerminal) {
  EXPECT_EQ(WrapLine("指標 41件: 順調に進捗 14、概ね順調に進捗 3、進捗の遅れ 21", {.terminal_width = 30}),
            "指標 41件: 順調に進捗 14、\n"
            "  概ね順調に進捗 3、\n"
            "  進捗の遅れ 21\n");
  EXPECT_EQ(WrapLine("one two three", {.terminal_width = 9}), "one two\n  three\n");
  EXPECT_EQ(WrapLine(std::string(25, 'x'), {.terminal_width = 12}), "xxxxxxxxxxxx\n  xxxxxxxxxx\n  xxx\n");
  EXPECT_EQ(WrapLine(std::string(200, 'x'), {}), std::string(200, 'x') + "\n");
  EXPECT_EQ(WrapLine("", {.terminal_width = 12}), "\n");
}

TEST(WrapLineTest, FurtherLinesStandBehindTheMark) {
  EXPECT_EQ(WrapLine("*1 one two three", {.terminal_width = 11}), "*1 one two\n   three\n");
  EXPECT_EQ(WrapLine("注: 目標値は一つも登録されていません。確かめてください", {.terminal_width = 30}),
            "注: 目標値は一つも登録されてい\n"
            "    ません。確かめてください\n");
  EXPECT_EQ(WrapLine("remark: one two three", {.terminal_width = 16}), "remark: one two\n        three\n");
}

TEST(WrapLineTest, ACommandStaysOneLine) {
  const std::string command = "  policyctl kpi confirm kpi-001 --plan strategy --direction decrease";
  EXPECT_EQ(WrapLine(command, {.terminal_width = 40}), command + "\n");
}

TEST(TableTest, FactsAreWrappedAndNotCut) {
  Table table = FactTable("項目", "内容");
  table.AddRow({"方向", "増加が望ましい（方向未確認）"});
  table.AddRow({"名称", "健康寿命"});
  EXPECT_EQ(Render(table, {.terminal_width = 20}),
            "項目  内容\n"
            "----  --------------\n"
            "方向  増加が望ましい\n"
            "      （方向未確認）\n"
            "名称  健康寿命\n");
  EXPECT_EQ(Render(table, {}),
            "項目  内容\n"
            "----  ----------------------------\n"
            "方向  増加が望ましい（方向未確認）\n"
            "名称  健康寿命\n");
}

TEST(CutToWidthTest, NeverTakesMoreColumnsThanItMay) {
  const std::string title = "①市民サービスの向上";
  for (int columns = 1; columns < 25; ++columns) {
    for (int ambiguous : {1, 2}) {
      if (columns < ambiguous) continue;
      EXPECT_LE(DisplayWidth(CutToWidth(title, columns, ambiguous), ambiguous), columns);
    }
  }
  EXPECT_EQ(CutToWidth(title, 19, 1), title);
}

TEST(CsvTest, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(CsvField("健康寿命"), "健康寿命");
  EXPECT_EQ(CsvField("12,025億円"), "\"12,025億円\"");
  EXPECT_EQ(CsvField("the \"rule\""), "\"the \"\"rule\"\"\"");
  EXPECT_EQ(CsvField("one\ntwo"), "\"one\ntwo\"");
  EXPECT_EQ(CsvField("one\rtwo"), "\"one\rtwo\"");
  EXPECT_EQ(CsvField(""), "");
}

TEST(CsvTest, EndsEveryRecordWithCrLf) { EXPECT_EQ(ToCsv({{"a", "b"}, {"1,0", ""}}), "a,b\r\n\"1,0\",\r\n"); }

}  // namespace
}  // namespace seisaku::policyctl
