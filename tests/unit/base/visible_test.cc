#include "services/base/visible.h"

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "services/base/text.h"

namespace seisaku {
namespace {

TEST(VisibleTest, ShowsControlCharactersAsSymbols) {
  EXPECT_EQ(Visible("\x1B[2J\x1B]0;x\x07"), "␛[2J␛]0;x␇");
  EXPECT_EQ(Visible(std::string_view("\0\x08\x0B\x7F", 4)), "␀␈␋␡");
  EXPECT_EQ(Visible("順調\r遅れ"), "順調␍遅れ");
  EXPECT_EQ(Visible("a\u0080b\u009B31mc\u0085"), "a⟨U+0080⟩b⟨U+009B⟩31mc⟨U+0085⟩");
}

TEST(VisibleTest, ShowsWhatTurnsTheOrderOfReading) {
  EXPECT_EQ(Visible("a\u202Eb\u202C"), "a⟨U+202E⟩b⟨U+202C⟩");
  for (const char* control :
       {"\u061C", "\u200E", "\u200F", "\u202A", "\u202B", "\u202D", "\u2066", "\u2067", "\u2068", "\u2069"}) {
    EXPECT_EQ(Visible(control).substr(0, 5), "⟨U+") << control;
  }
}

TEST(VisibleTest, ShowsWhatIsNotSeen) {
  for (const char* unseen :
       {"\u00AD", "\u034F", "\u115F", "\u180E",     "\u200B",     "\u200C",     "\u200D",
        "\u2028", "\u2029", "\u2060", "\u2064",     "\u206F",     "\u3164",     "\uFE0F",
        "\uFEFF", "\uFFA0", "\uFFF9", "\U000E0001", "\U000E0067", "\U000E007F", "\U000E0100"}) {
    EXPECT_EQ(Visible(unseen).substr(0, 5), "⟨U+") << unseen;
  }
  EXPECT_EQ(Visible("\U000E0067"), "⟨U+E0067⟩");
}

TEST(VisibleTest, ShowsBytesThatAreNoText) {
  EXPECT_EQ(Visible("\x9B"
                    "31m"),
            "⟨0x9B⟩31m");
  EXPECT_EQ(Visible("\xE3\x81"), "⟨0xE3⟩⟨0x81⟩");
  EXPECT_EQ(Visible("\xC0\x9B"), "⟨0xC0⟩⟨0x9B⟩");  // an overlong ESC
}

TEST(VisibleTest, LeavesJapaneseAndEmojiAsTheyAre) {
  for (const char* text :
       {"健康寿命（男性）　78.46歳 ①※○～", "ﾊﾝｶｸ", "が", "葛\U000E0100城市", "辻\uFE00", "👨\u200D👩\u200D👧",
        "🏳\uFE0F\u200D🌈", "👩🏽\u200D🦰", "1\uFE0F\u20E3", "☀\uFE0E", "🇯🇵", "", "외", "⟨␛⟩"}) {
    EXPECT_EQ(Visible(text), text);
    EXPECT_EQ(VisibleLine(text), text);
    EXPECT_EQ(VisibleJson(text), text);
  }
}

TEST(VisibleTest, ShowsAJoinerAndASelectorWhereTheyHide) {
  EXPECT_EQ(Visible("順\u200D調"), "順⟨U+200D⟩調");
  EXPECT_EQ(Visible("👨\u200D"), "👨⟨U+200D⟩");
  EXPECT_EQ(Visible("a\u200D👨"), "a⟨U+200D⟩👨");
  EXPECT_EQ(Visible("葛\U000E0100\U000E0101"), "葛\U000E0100⟨U+E0101⟩");
  EXPECT_EQ(Visible(" \uFE0F"), " ⟨U+FE0F⟩");
}

TEST(VisibleTest, KeepsLinesOrMakesOneOfThem) {
  EXPECT_EQ(Visible("一\n\t二\r\n三"), "一\n\t二\r\n三");
  EXPECT_EQ(VisibleLine("一\n\t二\r\n三"), "一  二 三");
  EXPECT_EQ(VisibleLine("一\x1B二"), "一␛二");
}

TEST(VisibleTest, ChangesNothingASecondTime) {
  const std::string once = Visible("\x1B[0m\u202E\xFF👨\u200D👩\u200D");
  EXPECT_EQ(Visible(once), once);
}

TEST(VisibleTest, TakesTheColumnsThatItsSymbolsTake) {
  EXPECT_EQ(DisplayWidth(Visible("\x1B[2J")), 4);
  EXPECT_EQ(DisplayWidth(Visible("\u202E")), 8);
}

TEST(VisibleTest, JsonMeansTheSameAfterwards) {
  google::protobuf::Value value, read;
  value.set_string_value("\x1B \u061C\u2066 \U000E0067 👨\u200D👩 \u200D 葛\U000E0100");
  std::string json;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(value, &json).ok());
  const std::string shown = VisibleJson(json);
  EXPECT_NE(shown, json);
  EXPECT_EQ(Visible(shown), shown);
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(shown, &read).ok());
  EXPECT_EQ(read.string_value(), value.string_value());
}

}  // namespace
}  // namespace seisaku
