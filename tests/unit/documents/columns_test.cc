// Columns that a sheet has besides, cells that cannot be read, rows that are none, and numbers of several
// parts.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "services/base/text.h"
#include "tests/unit/documents/dump.h"
#include "tests/unit/documents/small_sheet.h"
#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/finding_code.h"
#include "tools/policyctl/documents/printed_direction.h"

namespace seisaku::documents {
namespace {

SmallRow Row(const std::string& name, const std::string& target = "10人", const std::string& actual = "12人",
             const std::string& later = "15人") {
  return {.headings = {"1 産業", "1 雇用", "① 企業"},
          .action = "誘致",
          .name = name,
          .target = target,
          .actual = actual,
          .later = later};
}

// A sheet with one more column, right of the one called `after`.
std::string WithColumn(const std::vector<SmallRow>& rows, const std::string& after, const std::string& name,
                       const std::vector<std::string>& cells) {
  std::string text;
  size_t column = 0;
  size_t row = 0;
  const std::string plain = SmallSheetText(rows);
  for (size_t at = 0; at < plain.size();) {
    const size_t end = plain.find('\n', at);
    std::vector<std::string> fields;
    for (size_t from = at; from <= end;) {
      const size_t to = std::min(plain.find('\t', from), end);
      fields.push_back(plain.substr(from, to - from));
      from = to + 1;
    }
    if (const auto found = std::find(fields.begin(), fields.end(), after); found != fields.end()) {
      column = static_cast<size_t>(found - fields.begin()) + 1;
      fields.insert(fields.begin() + static_cast<int>(column), name);
    } else if (column > 0) {
      fields.insert(fields.begin() + static_cast<int>(column), cells.at(row++));
    } else {
      fields.insert(fields.begin() + 6, "");
    }
    text += fmt::format("{}\n", fmt::join(fields, "\t"));
    at = end + 1;
  }
  return text;
}

ProgressSheet ReadWith(const std::vector<SmallRow>& rows, const std::string& after, const std::string& name,
                       const std::vector<std::string>& cells) {
  return ReadProgressSheet(WithColumn(rows, after, name, cells), {});
}

TEST(CellsTest, ACellThatCannotBeReadCostsItsOwnRowOnly) {
  const ProgressSheet sheet =
      ReadSmallSheet({Row("企業数"), Row("範囲", "10人", "3~5人"), Row("桁", "1", "127.1234567"),
                      Row("文言", "10人", "多数"), Row("件数")});
  EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  ASSERT_EQ(sheet.rows.size(), 2U);
  EXPECT_EQ(sheet.rows[0].name, "企業数");
  EXPECT_EQ(sheet.rows[1].name, "件数");
  EXPECT_EQ(sheet.left_out, (std::vector<std::string>{"範囲", "桁", "文言"}));
  for (const char* code : {"VALUE_NOT_A_NUMBER", "VALUE_OUT_OF_BOUNDS", "TEXT_ACTUAL_FOR_NUMERIC_TARGET"}) {
    EXPECT_EQ(OnlyFinding(sheet.findings, code).severity, Severity::kError);
    EXPECT_TRUE(LeavesOut(code));
  }
  EXPECT_FALSE(LeavesOut("DIRECTION_PROPOSED"));
  EXPECT_TRUE(LeavesOut("UNLIKELY_VALUE"));
}

// What follows a row that is left out is read as if that row were there.
TEST(CellsTest, TheRowsBelowOneThatIsLeftOutInheritFromIt) {
  SmallRow first = Row("企業数");
  SmallRow bad = Row("範囲", "10人", "1/2");
  bad.headings = {"2 福祉", "1 介護", "① 施設"};
  bad.action = "整備";
  bad.status = "建設した。";
  bad.department = "福祉課";
  SmallRow below = {.headings = {"", "", ""}, .name = "施設数", .department = "", .status = ""};
  const ProgressSheet sheet = ReadSmallSheet({first, bad, below});
  ASSERT_EQ(sheet.rows.size(), 2U) << Dump(sheet.findings);
  EXPECT_EQ(PathOf(sheet, 1), "福祉 > 介護 > 施設 > 整備");
  EXPECT_EQ(sheet.rows[1].implementation_status.text, "建設した。");
  EXPECT_EQ(sheet.rows[1].departments, std::vector<std::string>{"福祉課"});
}

TEST(CellsTest, ABareNumberTakesTheUnitOfItsRow) {
  const ProgressSheet sheet = ReadSmallSheet({Row("発生件数", "5件", "0", "3件")});
  EXPECT_EQ(sheet.rows.at(0).unit, "件");
  EXPECT_EQ(sheet.rows[0].Judged().actual->numbers.at(0).quantity.unit, "件");
  EXPECT_EQ(OnlyFinding(sheet.findings, "UNIT_TAKEN").made, "件");
  EXPECT_TRUE(FindingsOf(sheet.findings, "UNIT_DIFFERS").empty());
  // The target too.
  EXPECT_EQ(
      ReadSmallSheet({Row("数", "5", "31校", "7")}).rows.at(0).Judged().target->numbers.at(0).quantity.unit,
      "校");
  // Nothing is nothing in every scale; 31 may be 31 or 310,000.
  const ProgressSheet scales = ReadSmallSheet({Row("人口", "30万人", "0", "250,000人")});
  EXPECT_EQ(scales.rows.at(0).Judged().actual->numbers.at(0).quantity.unit, "人");
  OnlyFinding(ReadSmallSheet({Row("人口", "30万人", "31", "250,000人")}).findings, "UNIT_DIFFERS");
  EXPECT_EQ(ReadSmallSheet({Row("人口", "30万人", "31", "32万人")})
                .rows.at(0)
                .Judged()
                .actual->numbers.at(0)
                .quantity,
            (Quantity{Decimal(31), "万人"}));
}

TEST(CellsTest, QualifiersAndNotesAreKeptBesideTheNumber) {
  const ProgressSheet sheet = ReadSmallSheet({Row("参加者数", "60人以上", "延べ62人(速報値)", "約70人")});
  EXPECT_TRUE(sheet.left_out.empty());
  const YearFigures& judged = sheet.rows.at(0).Judged();
  EXPECT_EQ(judged.target->numbers.at(0),
            (Component{"", {Decimal(60), "人"}, type::v1::QUALIFIER_AT_LEAST, ""}));
  EXPECT_EQ(judged.actual->numbers.at(0),
            (Component{"", {Decimal(62), "人"}, type::v1::QUALIFIER_UNSPECIFIED, "延べ、速報値"}));
  EXPECT_TRUE(judged.actual->provisional);
  EXPECT_EQ(judged.actual->source.printed, "延べ62人(速報値)");
  const CellValue components =
      *ReadSmallSheet({Row("率", "男性 60%以上 女性 50%", "男性 61% 女性 52%(速報値)", "-")})
           .rows.at(0)
           .Judged()
           .target;
  EXPECT_EQ(components.numbers.at(0).qualifier, type::v1::QUALIFIER_AT_LEAST);
}

TEST(CellsTest, WordsForNoFigureAreAMissingFigureWithTheWord) {
  for (const char* word : {"未集計", "調査なし", "R5.10公表予定", "中止", "なし", "…", "※"}) {
    const ProgressSheet sheet = ReadSmallSheet({Row("参加者数", "10人", word)});
    ASSERT_EQ(sheet.rows.size(), 1U) << word << Dump(sheet.findings);
    EXPECT_EQ(sheet.rows[0].Judged().actual->kind, CellValue::Kind::kNoFigure) << word;
    EXPECT_EQ(sheet.rows[0].Judged().actual->text, word);
    const Finding finding = OnlyFinding(sheet.findings, "NO_FIGURE");
    EXPECT_EQ(finding.severity, Severity::kInfo);
    EXPECT_EQ(finding.printed, word);
  }
  const ProgressSheet target = ReadSmallSheet({Row("参加者数", "10人", "12人", "未定")});
  EXPECT_EQ(target.rows.at(0).years.back().target->kind, CellValue::Kind::kNoFigure);
}

TEST(CellsTest, NoneIsAResultBesideATargetInWords) {
  const ProgressSheet sheet = ReadSmallSheet({Row("重大事故", "なしとする", "なし", "-")});
  EXPECT_EQ(sheet.rows.at(0).Judged().actual->kind, CellValue::Kind::kText);
  EXPECT_TRUE(FindingsOf(sheet.findings, "NO_FIGURE").empty());
}

TEST(CellsTest, ABoundOrATimeBeforeANumberIsNoComponent) {
  for (const char* cell : {"約 500人 最低 600人", "R3 10人 R4 12人", "令和3年度 10人 令和4年度 12人",
                           "9月末 10人 12月末 12人", "R3： 10人 R4： 12人"}) {
    const ProgressSheet sheet = ReadSmallSheet({Row("参加者数", "10人", cell, "-")});
    EXPECT_EQ(OnlyFinding(sheet.findings, "VALUE_NOT_A_NUMBER").printed, cell);
    EXPECT_TRUE(FindingsOf(sheet.findings, "COMPONENTS_SPLIT").empty()) << cell;
  }
}

TEST(CellsTest, AComponentMayHaveAColon) {
  const ProgressSheet sheet =
      ReadSmallSheet({Row("率", "小学校 90% 中学校 85%", "小学校： 93.5% 中学校: 85.0%", "-")});
  EXPECT_THAT(ComponentNames(*sheet.rows.at(0).Judged().actual), testing::ElementsAre("小学校", "中学校"));
  EXPECT_TRUE(FindingsOf(sheet.findings, "COMPONENTS_DIFFER").empty());
}

TEST(CellsTest, AComponentsFigureMayFollowItsColonAtOnce) {
  const ProgressSheet sheet =
      ReadSmallSheet({Row("参加者数", "男：100人　女：50人", "男:90人 女:60人", "-")});
  EXPECT_THAT(ComponentNames(*sheet.rows.at(0).Judged().target), testing::ElementsAre("男", "女"));
  EXPECT_THAT(ComponentNames(*sheet.rows[0].Judged().actual), testing::ElementsAre("男", "女"));
}

TEST(CellsTest, AScaleAloneIsCountedInTheUnitOfItsRow) {
  const ProgressSheet sheet = ReadSmallSheet({Row("参加者数", "5万人", "4.8万", "-")});
  EXPECT_EQ(Format(sheet.rows.at(0).Judged().actual->numbers.at(0).quantity), "4.8万人");
  EXPECT_EQ(OnlyFinding(sheet.findings, "UNIT_TAKEN").made, "万人");
}

TEST(ColumnsTest, ANameWithTwoArrowsSaysNoDirection) {
  const ProgressSheet sheet = ReadSmallSheet({Row("転入↑転出↓", "100人", "90人", "-")});
  EXPECT_TRUE(FindingsOf(sheet.findings, "DIRECTION_PRINTED").empty());
  EXPECT_FALSE(IsConfirmed(sheet.rows.at(0).direction.basis));
}

TEST(ColumnsTest, AColumnForUnitsCountsTheNumbers) {
  const ProgressSheet sheet = ReadWith({Row("参加者数", "10", "12", "15"), Row("率", "50", "60.5", "70")},
                                       "指標名", "単位", {"人", "％"});
  EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  EXPECT_EQ(sheet.rows.at(0).unit, "人");
  EXPECT_EQ(sheet.rows.at(1).unit, "%");
  EXPECT_EQ(sheet.rows[1].Judged().actual->numbers.at(0).quantity.value.ToString(), "60.5");
  EXPECT_TRUE(FindingsOf(sheet.findings, "COLUMN_IGNORED").empty());
  EXPECT_TRUE(FindingsOf(sheet.findings, "UNIT_TAKEN").empty());
}

TEST(ColumnsTest, UnitsAreComparedInOneSpelling) {
  const ProgressSheet sheet =
      ReadWith({Row("満足度", "10", "12ホ\u309Aイント", "15ポイント")}, "指標名", "単位", {"ﾎﾟｲﾝﾄ"});
  EXPECT_EQ(sheet.rows.at(0).unit, "ポイント");
  EXPECT_TRUE(FindingsOf(sheet.findings, "UNIT_DIFFERS").empty()) << Dump(sheet.findings);
}

TEST(ColumnsTest, AColumnThatIsNotKnownIsToldOnceWhereverItStands) {
  for (const char* after : {"取組", "指標名", "進捗評価", "今後の方策等"}) {
    const std::string page = WithColumn({Row("企業数")}, after, "予算額(千円)", {"1,200"});
    const std::string other = WithColumn({Row("件数")}, after, "予算額(千円)", {"300"});
    const ProgressSheet sheet = ReadProgressSheet(page + "\n" + other, {});
    EXPECT_FALSE(HasFatal(sheet.findings)) << after << Dump(sheet.findings);
    ASSERT_EQ(sheet.rows.size(), 2U) << after;
    const Finding finding = OnlyFinding(sheet.findings, "COLUMN_IGNORED");
    EXPECT_EQ(finding.severity, Severity::kWarning);
    EXPECT_EQ(finding.printed, "予算額(千円)");
    EXPECT_EQ(PathOf(sheet, 1), "産業 > 雇用 > 企業 > 誘致");
  }
}

TEST(ColumnsTest, APrintedDirectionConfirms) {
  const auto direction = [](const std::string& cell) {
    const ProgressSheet sheet = ReadWith({Row("火災発生件数")}, "指標名", "向き", {cell});
    return sheet.rows.at(0).direction;
  };
  for (const char* cell : {"↓", "減少", "減少を目指す", "低いほど良い", "↘"}) {
    EXPECT_EQ(direction(cell).direction, Direction::kDecrease) << cell;
    EXPECT_TRUE(IsConfirmed(direction(cell).basis)) << cell;
  }
  for (const char* cell : {"↑", "増加", "増加を目指す", "向上"}) {
    EXPECT_EQ(direction(cell).direction, Direction::kIncrease) << cell;
    EXPECT_EQ(direction(cell).basis, DirectionBasis::kPrinted) << cell;
  }
  EXPECT_EQ(direction("→").direction, Direction::kKeepWithin);
  for (const char* cell : {"", "-", "課題"}) EXPECT_FALSE(IsConfirmed(direction(cell).basis)) << cell;
}

TEST(ColumnsTest, ADirectionInTheNameOrBesideATargetConfirmsAndABoundDoesNot) {
  const auto direction = [](const SmallRow& row) { return ReadSmallSheet({row}).rows.at(0).direction; };
  EXPECT_EQ(direction(Row("火災発生件数(↓)")).basis, DirectionBasis::kPrinted);
  EXPECT_EQ(direction(Row("待ち人数（減少を目指す）")).direction, Direction::kDecrease);
  EXPECT_EQ(direction(Row("件数", "25件↓", "31件", "20件")).direction, Direction::kDecrease);
  EXPECT_EQ(direction(Row("件数", "減少を目指す", "31件", "20件")).basis, DirectionBasis::kPrinted);
  for (const SmallRow& row :
       {Row("件数", "25件以下", "31件", "20件以下"), Row("件数", "25件", "31件↑", "20件"), Row("人口減少率"),
        Row("利用者(減少)数"), Row("市内→市外の移動")}) {
    EXPECT_FALSE(IsConfirmed(direction(row).basis)) << row.name;
  }
  const ProgressSheet differ = ReadSmallSheet({Row("件数(↑)", "25件↓", "31件", "20件")});
  EXPECT_FALSE(IsConfirmed(differ.rows.at(0).direction.basis));
  EXPECT_EQ(OnlyFinding(differ.findings, "DIRECTIONS_DIFFER").severity, Severity::kWarning);
}

// The sheets that a planning officer tried.
TEST(ColumnsTest, WhatACityWantsLessOfIsProposedSo) {
  for (const char* name :
       {"火災発生件数", "刑法犯認知件数", "転出超過数", "人口減少率", "要介護認定率", "魅力度順位"}) {
    EXPECT_EQ(ProposeDirection(name).direction, Direction::kDecrease) << name;
    EXPECT_FALSE(IsConfirmed(ProposeDirection(name).basis));
  }
}

TEST(RowsTest, AnUnknownJudgementIsNamedByItsOwnCell) {
  for (const int lost : {0, 1}) {
    SmallRow row = Row("企業数");
    row.headings.resize(row.headings.size() - static_cast<size_t>(lost));
    row.judgement = "概ね良好";
    const ProgressSheet sheet = ReadSmallSheet({Row("件数"), row, Row("人数")});
    EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
    const Finding finding = OnlyFinding(sheet.findings, "JUDGEMENT_UNKNOWN");
    EXPECT_EQ(finding.printed, "概ね良好");
    EXPECT_EQ(finding.column, 10 - lost);
    EXPECT_EQ(finding.severity, Severity::kError);
    EXPECT_EQ(sheet.left_out, std::vector<std::string>{"企業数"});
    EXPECT_EQ(sheet.rows.size(), 2U);
  }
}

TEST(RowsTest, FootnotesAndTotalsAreToldAndNotRead) {
  const std::string page = SmallSheetText({Row("企業数")});
  for (const char* note :
       {"※1 速報値である。", "注) 令和4年度の値", "（注1）暫定値", "※1\t速報値", "資料：統計課"}) {
    const ProgressSheet sheet = ReadProgressSheet(page + note + "\n" + note + "\n", {});
    EXPECT_FALSE(HasFatal(sheet.findings)) << note << Dump(sheet.findings);
    EXPECT_EQ(FindingsOf(sheet.findings, "FOOTNOTE_IGNORED").size(), 2U) << note;
    EXPECT_EQ(sheet.rows.size(), 1U);
  }
  for (const char* total :
       {"合計\t\t\t\t\t\t30人\t33人\t40人\t\t\t\t\t", "\t\t\t小計\t\t\t30人\t33人\t40人\t\t\t\t\t", "計",
        "\t\t\t\t\t合 計\t30人\t33人\t40人\t-\t-\t-\t-\t"}) {
    const std::string row = SmallSheetText({Row("件数")});
    const ProgressSheet sheet = ReadProgressSheet(page + total + "\n" + row.substr(row.rfind("1 産業")), {});
    EXPECT_FALSE(HasFatal(sheet.findings)) << total << Dump(sheet.findings);
    EXPECT_EQ(OnlyFinding(sheet.findings, "TOTAL_IGNORED").severity, Severity::kInfo);
    EXPECT_EQ(sheet.rows.size(), 2U);
  }
  // What is judged is a row, whatever it is called.
  EXPECT_EQ(ReadSmallSheet({Row("企業数"), {.headings = {"", "", ""}, .name = "合計"}}).rows.size(), 2U);
  // Nor is a row lost in silence whose goal is called so and whose judgement is not known.
  SmallRow row = {.headings = {"全体", "1 推進", "① 進行管理"}, .name = "達成数", .judgement = "概ね良好"};
  EXPECT_EQ(ReadSmallSheet({Row("企業数"), row}).left_out, std::vector<std::string>{"達成数"});
}

TEST(HeadingsTest, ANumberOfSeveralPartsIsOneNumber) {
  for (const auto& [text, number, parts] :
       std::vector<std::tuple<const char*, const char*, int>>{{"1-1-1 防災の充実", "1-1-1", 3},
                                                              {"１－１－１　防災の充実", "１－１－１", 3},
                                                              {"1.1.1 防災の充実", "1.1.1", 3},
                                                              {"1-1-1防災の充実", "1-1-1", 3},
                                                              {"1－1 防災の充実", "1－1", 2},
                                                              {"1.1.防災の充実", "1.1.", 2},
                                                              {"12-3 防災の充実", "12-3", 2}}) {
    const Heading heading = ParseHeading(text);
    EXPECT_EQ(heading.number, number);
    EXPECT_EQ(heading.title, "防災の充実") << text;
    EXPECT_EQ(heading.form, NumberForm::kComposite) << text;
    EXPECT_EQ(heading.parts, parts) << text;
  }
  for (const char* text : {"1-2年生", "1.5℃目標", "1-1", "2-3歳児の保育", "1-100人会議", "1・2年生"}) {
    EXPECT_EQ(ParseHeading(text).number, "") << text;
    EXPECT_EQ(ParseHeading(text).title, text);
  }
}

TEST(HeadingsTest, NumbersOfSeveralPartsTellTheirLevels) {
  SmallRow first = Row("企業数");
  first.headings = {"1 産業", "1-1 雇用", "1-1-1 企業"};
  SmallRow swapped = Row("店舗数");
  swapped.headings = {"", "1-2-1 商店", "1-2 商業"};
  SmallRow one = Row("工場数");
  one.headings = {"", "1-2-2 工場"};
  const ProgressSheet sheet = ReadSmallSheet({first, swapped, one});
  EXPECT_FALSE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  EXPECT_EQ(PathOf(sheet, 0), "産業 > 雇用 > 企業 > 誘致");
  EXPECT_EQ(PathOf(sheet, 1), "産業 > 商業 > 商店 > 誘致");
  EXPECT_EQ(PathOf(sheet, 2), "産業 > 商業 > 工場 > 誘致");
  EXPECT_EQ(sheet.nodes.at(2).number, "1-1-1");
  EXPECT_TRUE(FindingsOf(sheet.findings, "NUMBER_DAMAGED").empty()) << Dump(sheet.findings);
}

TEST(HeadingsTest, OneHeadingAtTwoLevelsRefusesTheFileWithBothPlaces) {
  SmallRow first = Row("企業数");
  first.headings = {"1 産業", "② 交流", "① 企業"};
  SmallRow second = Row("観光客数");
  second.headings = {"2 福祉", "1 介護", "② 交流"};
  ProgressSheet sheet = ReadSmallSheet({first, second});
  const Finding finding = OnlyFinding(sheet.findings, "TWO_LEVELS");
  EXPECT_EQ(finding.severity, Severity::kFatal);
  EXPECT_EQ(finding.line, 4);
  EXPECT_EQ(finding.made, "3行目では小目標、4行目では施策");
  EXPECT_EQ(finding.made_english, "小目標 on line 3, 施策 on line 4");
  EXPECT_NE(SentenceEnglish(finding).find("--force"), std::string::npos);
  AcceptTwoHeadings(sheet);
  EXPECT_FALSE(HasFatal(sheet.findings));
  EXPECT_EQ(OnlyFinding(sheet.findings, "TWO_LEVELS").severity, Severity::kWarning);
  EXPECT_EQ(PathOf(sheet, 1), "福祉 > 介護 > 交流 > 誘致");
  // A measure may be called as its goal is, and have its number.
  for (const char* measure : {"① 産業", "1 産業"}) {
    SmallRow alike = Row("企業数");
    alike.headings = {"1 産業", "1 雇用", measure};
    EXPECT_TRUE(FindingsOf(ReadSmallSheet({alike}).findings, "TWO_LEVELS").empty()) << measure;
  }
}

TEST(HeadingsTest, OneHeadingThatIsReadAsTwoBesideOneAnotherRefusesTheFile) {
  SmallRow first = Row("企業数");
  first.headings = {"2ひとの創生", "1 雇用", "① 企業"};
  SmallRow second = Row("件数");
  second.headings = {"② ひとの創生", "1 介護", "① 予防"};
  ProgressSheet sheet = ReadSmallSheet({first, second});
  const Finding finding = OnlyFinding(sheet.findings, "TWO_HEADINGS");
  EXPECT_EQ(finding.severity, Severity::kFatal);
  EXPECT_EQ(finding.line, 4);
  EXPECT_EQ(finding.made, "2ひとの創生");
  AcceptTwoHeadings(sheet);
  EXPECT_FALSE(HasFatal(sheet.findings));
}

// What is printed in order is one tree; with the pages in another order it is none, and not two goals of one
// name.
TEST(HeadingsTest, TheSamplesPagesInAnotherOrderAreRefused) {
  const std::string sample = ReadSourceFile("deploy/sample/isesaki/progress-sheet.txt");
  EXPECT_FALSE(HasFatal(ReadProgressSheet(sample, {}).findings));
  constexpr std::string_view kPage = "基本情報";
  std::string turned;
  size_t end = sample.size();
  for (size_t begin = sample.rfind(kPage); begin != std::string::npos; begin = sample.rfind(kPage, end - 1)) {
    turned += sample.substr(begin, end - begin) + "\n";
    end = begin;
  }
  const ProgressSheet sheet = ReadProgressSheet(turned, {});
  EXPECT_TRUE(HasFatal(sheet.findings)) << Dump(sheet.findings);
  EXPECT_FALSE(FindingsOf(sheet.findings, "TWO_LEVELS").empty());
  EXPECT_FALSE(FindingsOf(sheet.findings, "TWO_HEADINGS").empty());
}

TEST(HeadingsTest, SpellingsOfAHeadingAreOneHeading) {
  for (const char* spelling : {"1 雇用～定着", "1 雇用 〜 定着", "１　雇用〜定着"}) {
    SmallRow first = Row("企業数");
    first.headings[1] = "1 雇用〜定着";
    SmallRow second = Row("件数");
    second.headings[1] = spelling;
    const ProgressSheet sheet = ReadSmallSheet({first, second});
    EXPECT_EQ(sheet.rows.at(0).node, sheet.rows.at(1).node) << spelling;
    OnlyFinding(sheet.findings, "SPELLING_VARIANT");
  }
}

TEST(ConfirmationsTest, ANameIsFoundInAnotherSpelling) {
  Confirmations confirmations;
  confirmations.kpis["R4～R6のがん検診受診率"] = {{.direction = Direction::kIncrease}};
  const ProgressSheet sheet = ReadSmallSheet({Row("Ｒ４〜Ｒ６のか\u3099ん検診受診率")}, confirmations);
  EXPECT_EQ(sheet.rows.at(0).direction.basis, DirectionBasis::kConfirmed);
  EXPECT_TRUE(FindingsOf(sheet.findings, "CONFIRMATION_UNUSED").empty());
}

TEST(EncodingTest, TheCharactersThatWindowsReadsOtherwiseAreTold) {
  const std::string cp932 = *Utf8ToCp932(SmallSheetText({Row("朝～夕の利用者数")}));
  const Finding finding = OnlyFinding(ReadProgressSheet(cp932, {}).findings, "WINDOWS_CHARACTERS");
  EXPECT_EQ(finding.made, "～");
  // The same sheet in UTF-8 has nothing that a file in CP932 cannot say.
  EXPECT_TRUE(FindingsOf(ReadSmallSheet({Row("朝〜夕の利用者数")}).findings, "NOT_IN_CP932").empty());
}

}  // namespace
}  // namespace seisaku::documents
