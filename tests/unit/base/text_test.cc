#include "services/base/text.h"

#include <fstream>
#include <iterator>

#include "gtest/gtest.h"

namespace seisaku {
namespace {

TEST(TextTest, WellFormedUtf8IsRecognised) {
  for (const char* text :
       {"", "ascii", "政策", "急诊", "𠮷野家", "👨‍👩‍👧", "\x7f", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
  EXPECT_TRUE(IsUtf8(std::string_view("a\0b", 3)));
}

TEST(TextTest, IllFormedUtf8IsRefused) {
  EXPECT_FALSE(IsUtf8("\xff"));
  EXPECT_FALSE(IsUtf8("\x80"));
  EXPECT_FALSE(IsUtf8("\xe6\x94"));               // cut off
  EXPECT_FALSE(IsUtf8("\xc0\xaf"));               // overlong '/'
  EXPECT_FALSE(IsUtf8("\xe0\x80\xaf"));           // overlong '/'
  EXPECT_FALSE(IsUtf8("\xed\xa0\x80"));           // a surrogate
  EXPECT_FALSE(IsUtf8("\xf4\x90\x80\x80"));       // beyond U+10FFFF
  EXPECT_FALSE(IsUtf8("\x90\xad\x8d\xf4 SJIS"));  // 政策 in CP932
}

TEST(TextTest, ASearchKeyIgnoresWidthCaseAndWhiteSpace) {
  EXPECT_EQ(SearchKey("ＫＰＩ　１２"), "kpi12");
  EXPECT_EQ(SearchKey(" Kpi 12\t\n"), "kpi12");
  EXPECT_EQ(SearchKey("ﾎﾞﾗﾝﾃｨｱ"), SearchKey("ボランティア"));
  EXPECT_EQ(SearchKey("①市民サービス"), "1市民サービス");
  EXPECT_EQ(SearchKey("㈱"), "(株)");
  EXPECT_EQ(SearchKey(""), "");
}

TEST(TextTest, SearchKeysOfDifferentNamesDiffer) {
  EXPECT_NE(SearchKey("心るさと"), SearchKey("ふるさと"));
  EXPECT_NE(SearchKey("力所"), SearchKey("カ所"));
  EXPECT_NE(SearchKey("男性"), SearchKey("女性"));
}

TEST(TextTest, ASearchKeyIsItsOwnSearchKey) {
  for (const char* text :
       {"ＫＰＩ　１２", "か \xe3\x82\x99", "か\xe3\x82\x99", "e \xcc\x81", "´", "ﾊ ﾟ", "Straße"}) {
    std::string key = SearchKey(text);
    EXPECT_EQ(SearchKey(key), key) << text;
  }
  EXPECT_EQ(SearchKey("か \xe3\x82\x99"), SearchKey("が"));
}

TEST(TextTest, HalfWidthAsciiChangesNothingElse) {
  EXPECT_EQ(ToHalfWidthAscii("０１２３４５６７８９％，．－ＡＺａｚ！～"), "0123456789%,.-AZaz!~");
  EXPECT_EQ(ToHalfWidthAscii("令和４年度①㎡ｶﾞ　。−〜"), "令和4年度①㎡ｶﾞ　。−〜");
  EXPECT_EQ(ToHalfWidthAscii("plain"), "plain");
  EXPECT_EQ(ToHalfWidthAscii("\xef\xbc"), "\xef\xbc");
  EXPECT_EQ(ToHalfWidthAscii("\xff１"),
            "\xff"
            "1");
}

TEST(TextTest, ComposedKanaChangeNothingElse) {
  EXPECT_EQ(WithComposedKana("か\u3099ハ\u309A"), "がパ");
  EXPECT_EQ(WithComposedKana("ｶﾞｸﾞﾙｰﾌﾟ･ﾀｯﾁ"), "ガグループ・タッチ");
  EXPECT_EQ(WithComposedKana("①㎡Ａ１％〜～㍻髙"), "①㎡Ａ１％〜～㍻髙");
  EXPECT_EQ(WithComposedKana(""), "");
}

}  // namespace
}  // namespace seisaku
