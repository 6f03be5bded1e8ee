#include <thread>

#include "gtest/gtest.h"
#include "services/base/text.h"

namespace seisaku {
namespace {

TEST(DisplayWidthTest, AsciiTakesOneColumnEach) {
  EXPECT_EQ(DisplayWidth(""), 0);
  EXPECT_EQ(DisplayWidth("kpi-001 ~"), 9);
}

TEST(DisplayWidthTest, JapaneseTakesTwoColumnsEach) {
  EXPECT_EQ(DisplayWidth("政策"), 4);
  EXPECT_EQ(DisplayWidth("カナ、。「」　"), 14);
  EXPECT_EQ(DisplayWidth("ＫＰＩ％"), 8);
  EXPECT_EQ(DisplayWidth("𠮷"), 2);
  EXPECT_EQ(DisplayWidth("12,025億円"), 10);
}

TEST(DisplayWidthTest, HalfWidthKanaAndTheirVoiceMarksTakeOneColumnEach) {
  EXPECT_EQ(DisplayWidth("ｶﾅ"), 2);
  EXPECT_EQ(DisplayWidth("ｶﾞﾊﾟ"), 4);
}

TEST(DisplayWidthTest, CombiningMarksTakeNone) {
  EXPECT_EQ(DisplayWidth("か\xe3\x82\x99"), 2);  // か + U+3099
  EXPECT_EQ(DisplayWidth("e\xcc\x81"), 1);       // e + U+0301, itself of ambiguous width
  EXPECT_EQ(DisplayWidth("e\xcc\x81", 2), 1);
  EXPECT_EQ(DisplayWidth("葛\xf3\xa0\x84\x80"), 2);  // with an ideographic variation selector
}

TEST(DisplayWidthTest, ControlAndInvisibleCharactersTakeNone) {
  EXPECT_EQ(DisplayWidth("a\tb\r\n\x7f\x1b"), 2);
  EXPECT_EQ(DisplayWidth("政\xc2\x85策"), 4);  // U+0085
  EXPECT_EQ(DisplayWidth("\xef\xbb\xbf"
                         "a"),
            1);  // a byte order mark
}

TEST(DisplayWidthTest, AmbiguousCharactersTakeWhatTheTerminalGivesThem) {
  EXPECT_EQ(DisplayWidth("①※○"), 3);
  EXPECT_EQ(DisplayWidth("①※○", 2), 6);
  EXPECT_EQ(DisplayWidth("①市民", 2), 6);
}

TEST(DisplayWidthTest, AnEmojiClusterTakesTwoColumns) {
  EXPECT_EQ(DisplayWidth("😀"), 2);
  EXPECT_EQ(DisplayWidth("👨‍👩‍👧"), 2);  // joined by ZWJ
  EXPECT_EQ(DisplayWidth("👍🏽"), 2);            // with an emoji modifier
  EXPECT_EQ(DisplayWidth("☀️"), 2);              // with VS16
  EXPECT_EQ(DisplayWidth("1️⃣"), 2);
  EXPECT_EQ(DisplayWidth("🇯🇵"), 2);
  EXPECT_EQ(DisplayWidth("政👍🏽a"), 5);
}

TEST(DisplayWidthTest, BytesThatAreNotUtf8TakeOneColumn) {
  EXPECT_EQ(DisplayWidth("a\xff"
                         "b"),
            3);
  EXPECT_EQ(DisplayWidth("政\xe6\x94"), 3);
}

TEST(TruncateToWidthTest, ShortTextStaysWhole) {
  EXPECT_EQ(TruncateToWidth("政策", 4), "政策");
  EXPECT_EQ(TruncateToWidth("", 0), "");
}

TEST(TruncateToWidthTest, LongTextIsCutBeforeTheCharacterThatDoesNotFit) {
  EXPECT_EQ(TruncateToWidth("政策", 3), "政");
  EXPECT_EQ(TruncateToWidth("政策", 1), "");
  EXPECT_EQ(TruncateToWidth("abcdef", 4), "abcd");
  EXPECT_EQ(TruncateToWidth("政策", -1), "");
  EXPECT_EQ(TruncateToWidth("①②③", 4, 2), "①②");
}

TEST(TruncateToWidthTest, AClusterIsNeverCut) {
  EXPECT_EQ(TruncateToWidth("か\xe3\x82\x99き", 2), "か\xe3\x82\x99");
  EXPECT_EQ(TruncateToWidth("ae\xcc\x81x", 2), "ae\xcc\x81");
  EXPECT_EQ(TruncateToWidth("ｶﾞｷﾞ", 3), "ｶﾞ");
  EXPECT_EQ(TruncateToWidth("👨‍👩‍👧👍🏽", 3), "👨‍👩‍👧");
  EXPECT_EQ(TruncateToWidth("👨‍👩‍👧👍🏽", 1), "");
  EXPECT_EQ(TruncateToWidth("a🇯🇵🇯🇵", 3), "a🇯🇵");
}

TEST(TruncateToWidthTest, WhatIsKeptIsAPrefixOfAtMostThatWidth) {
  std::string_view text = "第2期①総合戦略ｶﾞｲﾄﾞ👨‍👩‍👧か\xe3\x82\x99☀️ KPI";
  for (int columns = 0; columns <= DisplayWidth(text); ++columns) {
    std::string_view kept = TruncateToWidth(text, columns);
    EXPECT_EQ(kept, text.substr(0, kept.size()));
    EXPECT_LE(DisplayWidth(kept), columns);
    EXPECT_GE(DisplayWidth(kept), columns - 1);  // no cluster of this text is wider than two
  }
}

TEST(DisplayWidthTest, MayBeCalledFromSeveralThreads) {
  std::vector<std::thread> threads;
  std::vector<int> widths(4);
  for (int& width : widths) {
    threads.emplace_back([&width] {
      for (int i = 0; i < 200; ++i) width += DisplayWidth("政策👍🏽");
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int width : widths) EXPECT_EQ(width, 200 * 6);
}

}  // namespace
}  // namespace seisaku
