// The grammar of one figure: every form that a city prints is read exactly, is told as no figure, or is
// refused.
#include "tools/policyctl/documents/figure_text.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "services/base/period.h"
#include "services/base/status.h"
#include "services/domain/words.h"
#include "tests/support/documents/random_source.h"

namespace seisaku::documents {
namespace {

namespace v1 = type::v1;

std::string QualifierName(v1::Qualifier qualifier) {
  switch (qualifier) {
    case v1::QUALIFIER_AT_LEAST:
      return ">=";
    case v1::QUALIFIER_AT_MOST:
      return "<=";
    case v1::QUALIFIER_MORE_THAN:
      return ">";
    case v1::QUALIFIER_LESS_THAN:
      return "<";
    case v1::QUALIFIER_ABOUT:
      return "~";
    case v1::QUALIFIER_RANGE_FROM:
      return "[";
    default:
      return "";
  }
}

// "<qualifier><number> <unit> (<note>) @<period> provisional", "words: …", "none: …" or the error's reason.
std::string Read(std::string_view printed, std::string_view unit = "") {
  const absl::StatusOr<FigureText> figure = ReadFigureText(printed, unit);
  if (!figure.ok()) return ReasonOf(figure.status());
  EXPECT_EQ(figure->value.printed, printed);
  const Value& value = figure->value;
  if (figure->kind != FigureText::Kind::kNumber) {
    EXPECT_EQ(value.qualifier, v1::QUALIFIER_UNSPECIFIED) << printed;
    EXPECT_EQ(value.note, "") << printed;
    if (figure->kind == FigureText::Kind::kWords) return fmt::format("words: {}", *value.text());
    return fmt::format("none{}: {}", figure->may_be_words ? "?" : "", *value.text());
  }
  const Quantity& quantity = *value.number();
  std::string text = QualifierName(value.qualifier) + quantity.value.ToString();
  if (!quantity.unit.empty()) text += " " + quantity.unit;
  if (!value.note.empty()) text += fmt::format(" ({})", value.note);
  if (value.observed_period) text += fmt::format(" @{}", PeriodName(*value.observed_period));
  if (figure->provisional) text += " provisional";
  if (figure->converted) text += " converted";
  return text;
}

struct Case {
  const char* printed;
  const char* read;
};

void Expect(const std::vector<Case>& cases, std::string_view unit = "") {
  for (const Case& c : cases) EXPECT_EQ(Read(c.printed, unit), c.read) << c.printed;
}

TEST(FigureTextTest, PlainNumbers) {
  Expect({{"12,025億円", "12025 億円"},
          {" 85.0% ", "85.0 %"},
          {"８５．０％", "85.0 %"},
          {"120 人", "120 人"},
          {"１２０　人", "120 人"},
          {"0", "0"},
          {"31", "31"},
          {"▲3.5", "-3.5"},
          {"△3.5%", "-3.5 %"},
          {"−3.5", "-3.5"},
          {"－３件", "-3 件"},
          {"▲ 1,234千円", "-1234 千円"},
          {"+5人", "5 人"},
          {"12件/年", "12 件/年"},
          {"12件／年", "12 件/年"},
          {"100t-CO2", "100 t-CO2"},
          {"1,250 t-CO2", "1250 t-CO2"},
          {"3.2kg-CO2/人", "3.2 kg-CO2/人"},
          {"15m2", "15 m2"},
          {"30台", "30 台"},
          {"30万台", "30 万台"},
          {"24時間対応", "24 時間対応"}});
}

TEST(FigureTextTest, ABareNumberIsCountedInTheGivenUnit) {
  Expect(
      {{"0", "0 人"}, {"31", "31 人"}, {"60以上", ">=60 人"}, {"累計45", "45 人 (累計)"}, {"31件", "31 件"}},
      "人");
  Expect({{"62.5(50/80)", "62.5 % (50/80)"}}, "%");
}

TEST(FigureTextTest, BoundsAreTheQualifier) {
  Expect({{"60人以上", ">=60 人"},   {"60%以上", ">=60 %"},    {"６０％以上", ">=60 %"},
          {"60人(以上)", ">=60 人"}, {"≧60", ">=60"},          {"最低60人", ">=60 人"},
          {"5.0%以下", "<=5.0 %"},   {"3日以内", "<=3 日"},    {"3日まで", "<=3 日"},
          {"≦5%", "<=5 %"},          {"95%超", ">95 %"},       {"95%を超える", "INVALID_DECIMAL"},
          {"95%超え", ">95 %"},      {"500人強", ">500 人"},   {"5人未満", "<5 人"},
          {"約500人", "~500 人"},    {"約 500 人", "~500 人"}, {"およそ500人", "~500 人"},
          {"500人程度", "~500 人"},  {"500人前後", "~500 人"}, {"約60人以上", ">=60 人 (約)"},
          {"30万人台", "[30 万人"},  {"60%台", "[60 %"},       {"25.5万人台", "[25.5 万人"}});
}

TEST(FigureTextTest, WhatStandsBesideANumberIsItsNote) {
  Expect({{"45件(累計)", "45 件 (累計)"},
          {"45件（累計）", "45 件 (累計)"},
          {"(累計)45件", "45 件 (累計)"},
          {"45(累計)件", "45 件 (累計)"},
          {"45件〔累計〕", "45 件 (累計)"},
          {"812件(速報値)", "812 件 (速報値) provisional"},
          {"速報値 812件", "812 件 (速報値) provisional"},
          {"812件 速報値", "812 件 (速報値) provisional"},
          {"350人(見込み)", "350 人 (見込み) provisional"},
          {"350人見込", "350 人 (見込) provisional"},
          {"12件(暫定値)", "12 件 (暫定値) provisional"},
          {"12件(確定値)", "12 件 (確定値)"},
          {"延べ100人", "100 人 (延べ)"},
          {"延べ 120 人", "120 人 (延べ)"},
          {"累計45件", "45 件 (累計)"},
          {"累計：45件", "45 件 (累計)"},
          {"累計 約500件以上", ">=500 件 (累計、約)"},
          {"120人※", "120 人 (※)"},
          {"120人＊1", "120 人 (*1)"},
          {"120人*1", "120 人 (*1)"},
          {"120人※2", "120 人 (※2)"},
          {"120人1)", "120 人 (1))"},
          {"120人注1)", "120 人 (注1))"},
          {"※1 120人", "120 人 (※1)"},
          {"※120人", "120 人 (※)"},
          {"120人（※）", "120 人 (※)"},
          {"41人(R5.3末)", "41 人 (R5.3末)"},
          {"41人（Ｒ５．３末）", "41 人 (R5.3末)"},
          {"12月末 350人", "350 人 (12月末)"},
          {"12月末350人", "350 人 (12月末)"},
          {"350人 12月末現在", "350 人 (12月末現在)"},
          {"3/31 350人", "350 人 (3/31)"},
          {"令和5年3月末時点 350人", "350 人 (令和5年3月末時点)"},
          {"62.5%(50/80)", "62.5 % (50/80)"},
          {"25件↓", "25 件 (↓)"},
          {"延べ120人(速報値)※", "120 人 (延べ、速報値、※) provisional"}});
}

TEST(FigureTextTest, WhatSaysSomethingOfANumberIsNoPartOfItsUnit) {
  Expect({{"60人+α", "INVALID_DECIMAL"},
          {"60人～", "INVALID_DECIMAL"},
          {"60人〜", "INVALID_DECIMAL"},
          {"60%≧", "INVALID_DECIMAL"},
          {"60人？", "INVALID_DECIMAL"},
          {"25件→", "INVALID_DECIMAL"},
          {"25件⇓", "25 件 (⇓)"},
          {">=60%", ">=60 %"},
          {"＜＝5%", "<=5 %"},
          {"100人余り", ">100 人"},
          {"100人余", ">100 人"},
          {"100人足らず", "<100 人"},
          {"100人内外", "~100 人"},
          {"0件※中止", "0 件 (※中止)"},
          {"120人※コロナの影響", "120 人 (※コロナの影響)"},
          {"1,200円/人・年", "1200 円/人・年"}});
}

TEST(FigureTextTest, TwoNumbersWithABlankBetweenAreNotOne) {
  for (const char* text : {"1 234人", "5 3人", "12　350人", "12 .5人", "12 ,500人", "約5 3人", "1 234"}) {
    EXPECT_EQ(Read(text, "人"), "INVALID_DECIMAL") << text;
  }
}

TEST(FigureTextTest, TwoBoundsAreRefused) {
  for (const char* text : {"少なくとも60人以下", "≧60%未満", "60人(以上)(以下)", "60人以上 未満"}) {
    EXPECT_EQ(Read(text), "INVALID_DECIMAL") << text;
  }
  Expect({{"最低60人以上", ">=60 人"}, {"最低約60人", ">=60 人 (約)"}});
}

TEST(FigureTextTest, ThatItIsToBeKeptIsANote) {
  Expect({{"60%維持", "60 % (維持)"}, {"95％以上維持", ">=95 % (維持)"}, {"100%達成", "100 % (達成)"}});
}

TEST(FigureTextTest, TheDigitsOfAMarkAreFewAndBeforeAnotherNumber) {
  Expect({{"※120 人", "120 人 (※)"},
          {"※120", "120 (※)"},
          {"※12 万人", "12 万人 (※)"},
          {"※1 120人", "120 人 (※1)"},
          {"※1 未集計", "none: ※1 未集計"},
          {"※1", "none: ※1"}});
}

TEST(FigureTextTest, AUnitMayStandInBrackets) {
  Expect(
      {{"350(人)", "350 人"}, {"62.5（％）", "62.5 %"}, {"350(人)(速報値)", "350 人 (速報値) provisional"}});
  Expect({{"350(面)", "350 面"}, {"350(人)", "350 人"}, {"350(累計)", "350 面 (累計)"}}, "面");
}

TEST(FigureTextTest, AUnitInBracketsKeepsItsScaleAndMayStandBefore) {
  Expect({{"1,234(千人)", "1234 千人"},
          {"1,234（千）", "1234 千人"},
          {"1,234(単位：千人)", "1234 千人"},
          {"(千人)1,234", "1234 千人"},
          {"1,234(百万円)", "1234 百万円"},
          {"12(千葉県)", "12 人 (千葉県)"}},
         "人");
}

TEST(FigureTextTest, AScaleAloneIsOneOfTheGivenUnit) {
  Expect({{"5万", "5 万人"}, {"約4.8万", "~4.8 万人"}, {"5万(円)", "5 万円"}}, "人");
  Expect({{"5千", "5 千円"}, {"5万", "5 万"}}, "千円");
  Expect({{"5万", "5 万"}});
}

TEST(FigureTextTest, ANumberBesideOneInTheGivenUnitIsRefused) {
  for (const char* text : {"50(62.5%)", "(62.5%)50", "50(約60%)"}) {
    EXPECT_EQ(Read(text, "%"), "INVALID_DECIMAL") << text;
  }
  Expect({{"62.5(50/80)", "62.5 % (50/80)"},
          {"62.5(50人)", "62.5 % (50人)"},
          {"62.5%(60%)", "62.5 % (60%)"},
          {"62.5(累計60%)", "62.5 % (累計60%)"}},
         "%");
}

TEST(FigureTextTest, AUnitBehindAMarkIsNoRemark) {
  for (const char* text : {"33※万人", "33※1万人", "33※人"}) {
    EXPECT_EQ(Read(text, "人"), "INVALID_DECIMAL") << text;
  }
  Expect({{"0※中止", "0 人 (※中止)"}}, "人");
}

TEST(FigureTextTest, ABoundMayStandInBrackets) {
  Expect({{"60人(約)", "~60 人"},
          {"(約)60人", "~60 人"},
          {"60人(最低)", ">=60 人"},
          {"30万人(台)", "[30 万人"}});
}

TEST(FigureTextTest, WhatLeavesTheNumberOpenIsNoPartOfItsUnit) {
  for (const char* text : {"10人程度/年", "60人より多い", "60人から", "60人超過", "10数人", "10余人", "2年半",
                           "60%台後半", "1億2,000万円程度/年", "1万2,000人以上を目標"}) {
    EXPECT_EQ(Read(text), "INVALID_DECIMAL") << text;
  }
  Expect({{"120人転入超過", "120 人転入超過"}, {"12世帯数", "12 世帯数"}});
}

TEST(FigureTextTest, ANumberLikeAYearIsNoDate) {
  Expect({{"2000.5 ha", "2000.5 ha"}, {"1998.75 t", "1998.75 t"}, {"2045.33", "2045.33"}});
  for (const char* text : {"85.0予定", "85.0確定", "-5予定"}) {
    EXPECT_TRUE(Read(text, "%").starts_with(text[0] == '-' ? "-5 %" : "85.0 %")) << Read(text, "%");
  }
  Expect(
      {{"120人確定", "120 人 (確定)"}, {"2023.10予定", "none: 2023.10予定"}, {"2023.3", "INVALID_DECIMAL"}});
}

TEST(FigureTextTest, AWordForNoFigureWithAFigureInBracketsIsRefused) {
  for (const char* text : {"未集計(120人)", "集計中（速報値 120人）", "-(120人)"}) {
    EXPECT_EQ(Read(text, "人"), "INVALID_DECIMAL") << text;
  }
  for (const char* text : {"集計中(12月頃)", "未集計(3年)", "調査中(前年度120人)", "未集計(R3 120人)"}) {
    EXPECT_EQ(Read(text, "人"), fmt::format("none: {}", text));
  }
}

TEST(FigureTextTest, WhatASpreadsheetCouldNotWorkOutIsRefused) {
  for (const char* text : {"#N/A", "#DIV/0!", "#REF!", "＃ＶＡＬＵＥ！", "########"}) {
    EXPECT_EQ(Read(text), "INVALID_DECIMAL") << text;
  }
  Expect({{"#1", "words: #1"}});
}

TEST(FigureTextTest, SeveralDashesAreNoFigure) {
  for (const char* text : {"――", "--", "－－", "─", "ーー"})
    EXPECT_EQ(Read(text), fmt::format("none: {}", text));
}

TEST(FigureTextTest, SpacesWithoutABreakOrAWidthAreSpaces) {
  Expect({{"\u00A0120\u00A0人", "120 人"},
          {"\u200B120人", "120 人"},
          {"R4\u00A0120人", "120 人 @令和4年度"},
          {"1\u00A0234人", "INVALID_DECIMAL"}});
}

TEST(FigureTextTest, WhatIsPlannedIsProvisional) {
  Expect({{"350人予定", "350 人 (予定) provisional"},
          {"350人(予定)", "350 人 (予定) provisional"},
          {"3日予定", "3 日 (予定) provisional"},
          {"12月予定", "none: 12月予定"}});
}

TEST(FigureTextTest, AHyphenBeforeANumberIsAMinus) {
  Expect({{"‐5%", "-5 %"}, {"–3.5", "-3.5"}, {"‑3件", "-3 件"}});
}

TEST(FigureTextTest, AWordMayStandBetweenADateAndItsNumber) {
  Expect({{"令和4年度末約350人", "~350 人 (令和4年度末)"}, {"12月末延べ350人", "350 人 (12月末、延べ)"}});
}

TEST(FigureTextTest, WordsAreReadInHalfWidthAndWithTheirMarksApart) {
  Expect({{"3日まて\u3099", "<=3 日"},
          {"のへ\u3099100人", "100 人 (のべ)"},
          {"12ホ\u309Aイント", "12 ポイント"},
          {"12ﾎﾟｲﾝﾄ", "12 ポイント"},
          {"100人ｸﾞﾙｰﾌﾟ", "100 人グループ"},
          {"5ｶ所", "5 カ所"},
          {"テ\u3099ータなし", "none: テ\u3099ータなし"},
          {"ﾃﾞｰﾀなし", "none: ﾃﾞｰﾀなし"},
          {"待機児童か\u3099いない", "words: 待機児童か\u3099いない"},
          {"15㎡", "15 ㎡"},
          {"①120人", "words: ①120人"}});
}

TEST(FigureTextTest, AYearIsWhatTheFigureIsAbout) {
  Expect({{"12,025億円 (令和2年)", "12025 億円 @令和2年"},
          {"350人(令和4年度)", "350 人 @令和4年度"},
          {"350人(R4)", "350 人 @令和4年度"},
          {"350人(2022(R4)年度)", "350 人 @令和4年度"},
          {"350人(H30年度)", "350 人 @平成30年度"},
          {"350人(平成35年度)", "350 人 @令和5年度"},
          {"R4 350人", "350 人 @令和4年度"},
          {"令和四年度 350人", "350 人 @令和4年度"},
          {"令和4年度350人", "350 人 @令和4年度"},
          {"350人 R4", "350 人 @令和4年度"},
          {"350人(令和4年度)(速報値)", "350 人 (速報値) @令和4年度 provisional"},
          {"350人(2022)", "350 人 (2022)"}});
}

TEST(FigureTextTest, NumbersInSeveralUnitsAreOneExactly) {
  Expect({{"2時間30分", "2.5 時間 converted"},
          {"2時間 30分", "2.5 時間 converted"},
          {"2時間半", "2.5 時間 converted"},
          {"約1日半", "~1.5 日 converted"},
          {"1時間20分", "80 分 converted"},
          {"1分30秒", "1.5 分 converted"},
          {"1日12時間", "1.5 日 converted"},
          {"1年6か月", "1.5 年 converted"},
          {"1億2,345万円", "1.2345 億円 converted"},
          {"1万2,000人", "1.2 万人 converted"},
          {"▲1億5,000万円", "-1.5 億円 converted"},
          {"2時間30分以内", "<=2.5 時間 converted"}});
  Expect({{"2時間30分", "150 分 converted"}, {"2時間半", "150 分 converted"}, {"45", "45 分"}}, "分");
  for (const char* text : {"30分2時間", "1人1台", "2時間30人", "1年12日", "5校中3校", "365日24時間",
                           "2時間90分", "1年12か月", "1億12,345万円"}) {
    EXPECT_EQ(Read(text), "INVALID_DECIMAL") << text;
  }
}

TEST(FigureTextTest, WordsForNoFigureAreNone) {
  for (const char* text : {"未集計",
                           "調査なし",
                           "調査未実施",
                           "集計中",
                           "算出中",
                           "R5.10公表予定",
                           "令和5年10月頃公表予定",
                           "公表予定",
                           "10月公表",
                           "…",
                           "―",
                           "-",
                           "※",
                           "*1",
                           "未定",
                           "不明",
                           "該当なし",
                           "実績なし",
                           "(未集計)",
                           "（集計中）",
                           "集計中(12月頃公表)",
                           "-(集計中)",
                           "未集計※",
                           "N/A",
                           "調査なし（隔年調査）",
                           "12月集計予定"}) {
    EXPECT_EQ(Read(text), fmt::format("none: {}", text));
  }
  for (const char* text : {"なし", "中止", "休止", "未実施", "コロナにより中止", "中止（コロナ）"}) {
    EXPECT_EQ(Read(text), fmt::format("none?: {}", text));
  }
}

TEST(FigureTextTest, OtherTextIsWords) {
  for (const char* text : {"待機児童なし", "全校区において1校以上で実施", "実施(一部)", "参加者120人",
                           "計画を策定", "平均寿命の延伸", "10月末", "令和5年3月", "令和4年度",
                           "全日24時間対応", "多数", "公表予定を早める"}) {
    EXPECT_EQ(Read(text), fmt::format("words: {}", text));
  }
}

TEST(FigureTextTest, WhatBeginsLikeANumberAndIsNoneIsRefusedWithTheRightForm) {
  for (const char* text : {"3~5人", "3～5人", "1/2", "12,7人", "12..5件", "93.5%85.0%", "10件 くらい 12",
                           "80%以上の世帯が加入", "3か所で実施", "(120人)", "10:30", "12月350人", "延べ1,2人",
                           "1234567890123456789012件", "127.1234567人"}) {
    const absl::StatusOr<FigureText> figure = ReadFigureText(text, "");
    EXPECT_EQ(Read(text), "INVALID_DECIMAL") << text;
    EXPECT_EQ(figure.status().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_NE(ReadFigureText("3~5人", "").status().message().find("a number of at most"), std::string::npos);
}

// Whatever stands in a cell: it is read or refused, and what is read can be stored beside what is printed.
TEST(FigureTextTest, AnyTextIsReadOrRefused) {
  const std::vector<std::string> pieces = {
      "1",    "2.5", "1,234", "０",   "人",  "%",      "万",        "円",     "時間", "分",
      "以上", "台",  "約",    "延べ", "(",   ")",      "（",        "）",     "〔",   "〕",
      " ",    "　",  "※",     "*",    "-",   "▲",      "令和4年度", "R5.3末", "末",   "未集計",
      "なし", "…",   "、",    "/",    "注1", "速報値", "か月",      "年",     "億",   "[",
      "↓",    ".",   ":",     "12月", "千",  "半",     "(千)",      "(人)",   "(台)", "50%"};
  RandomSource random(17);
  std::set<FigureText::Kind> kinds;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (int length = random.Between(0, 8); length > 0; --length) text += random.Pick(pieces);
    const absl::StatusOr<FigureText> figure = ReadFigureText(text, "人");
    if (!figure.ok()) {
      ASSERT_EQ(ReasonOf(figure.status()), "INVALID_DECIMAL") << text;
      continue;
    }
    kinds.insert(figure->kind);
    ASSERT_EQ(figure->value.printed, text);
    if (figure->kind != FigureText::Kind::kNumber) continue;
    ASSERT_TRUE(figure->value.number()->value.IsStorable()) << text;
    ASSERT_FALSE(figure->value.number()->unit.empty()) << text;
    ASSERT_TRUE(CheckPrinted(FieldPath("value"), figure->value).ok()) << text;
  }
  EXPECT_EQ(kinds.size(), 3U);
}

}  // namespace
}  // namespace seisaku::documents
