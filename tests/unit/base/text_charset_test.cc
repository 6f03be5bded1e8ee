#include <fstream>
#include <iterator>

#include "gtest/gtest.h"
#include "services/base/status.h"
#include "services/base/text.h"

namespace seisaku {
namespace {

std::string Encoded(std::string_view text) {
  absl::StatusOr<std::string> bytes = Utf8ToCp932(text);
  return bytes.ok() ? *bytes : std::string(bytes.status().message());
}

std::string Decoded(std::string_view bytes) {
  absl::StatusOr<std::string> text = Cp932ToUtf8(bytes);
  return text.ok() ? *text : std::string(text.status().message());
}

void ExpectNotInCharset(const absl::Status& status, std::string_view offset, std::string_view character) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "NOT_IN_CHARSET");
  auto info = GetErrorInfo(status);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->metadata().at("offset"), offset);
  EXPECT_EQ(info->metadata().at("character"), character);
}

TEST(Cp932Test, JapaneseTextGoesBothWays) {
  EXPECT_EQ(Encoded("政策KPIｶﾅ"), "\x90\xad\x8d\xf4KPI\xb6\xc5");
  EXPECT_EQ(Decoded("\x90\xad\x8d\xf4KPI\xb6\xc5"), "政策KPIｶﾅ");
  EXPECT_EQ(Encoded(""), "");
  EXPECT_EQ(Decoded(""), "");
}

TEST(Cp932Test, TheSecondByteOfACharacterMayBeABackslash) {
  EXPECT_EQ(Encoded("表\\~"), "\x95\x5c\\~");
  EXPECT_EQ(Decoded("\x95\x5c\\~"), "表\\~");
}

TEST(Cp932Test, TheCharactersOfNecAndIbmAreInIt) {
  EXPECT_EQ(Encoded("①"), "\x87\x40");
  EXPECT_EQ(Encoded("㈱"), "\x87\x8a");
  EXPECT_EQ(Encoded("髙"), "\xfb\xfc");
  EXPECT_EQ(Encoded("ⅰ"), "\xfa\x40");
  EXPECT_EQ(Decoded("\xee\xef"), "ⅰ");  // NEC's selection of IBM's characters, read only
}

TEST(Cp932Test, WavesAndDashesAreThoseOfWindows) {
  EXPECT_EQ(Decoded("\x81\x60\x81\x7c\x81\x61\x81\x5c"), "～－∥―");
  EXPECT_EQ(Encoded("～－∥―"), "\x81\x60\x81\x7c\x81\x61\x81\x5c");
  ExpectNotInCharset(Utf8ToCp932("3〜5").status(), "1", "〜");
  ExpectNotInCharset(Utf8ToCp932("−5").status(), "0", "−");
  ExpectNotInCharset(Utf8ToCp932("¥").status(), "0", "¥");
}

TEST(Cp932Test, WhatLooksTheSameIsPutInItsPlace) {
  EXPECT_EQ(WithCp932LookAlikes("3〜5年 −1 ‖—¢£¬¦¥"), "3～5年 －1 ∥―￠￡￢￤￥");
  EXPECT_EQ(WithCp932LookAlikes("か\u3099は\u309A神﨑髙"), "がぱ神﨑髙");
  EXPECT_EQ(WithCp932LookAlikes("か\u309A"), "か\u309A");
  for (const char* text : {"", "3～5年 －1", "安全・安心"}) EXPECT_EQ(WithCp932LookAlikes(text), text);
  EXPECT_TRUE(Utf8ToCp932(WithCp932LookAlikes("R4〜R6：か\u3099ん検診率 −0.5％")).ok());
}

TEST(Cp932Test, ControlCharactersStayWhatTheyAre) {
  for (int c = 0; c < 0x80; ++c) {
    std::string text(1, static_cast<char>(c));
    EXPECT_EQ(Encoded(text), text) << c;
    EXPECT_EQ(Decoded(text), text) << c;
  }
}

TEST(Cp932Test, ACharacterWithoutEquivalentIsNamedWithItsOffset) {
  ExpectNotInCharset(Utf8ToCp932("休日急诊").status(), "9", "诊");
  ExpectNotInCharset(Utf8ToCp932("ab𠮷").status(), "2", "𠮷");
  ExpectNotInCharset(Utf8ToCp932("𠮷").status(), "0", "𠮷");
}

TEST(Cp932Test, InvisibleCharactersAreRefusedAndNotDropped) {
  ExpectNotInCharset(Utf8ToCp932("葛\xf3\xa0\x84\x80飾").status(), "3", "\xf3\xa0\x84\x80");
  ExpectNotInCharset(Utf8ToCp932("a\xe2\x80\x8d").status(), "1", "\xe2\x80\x8d");
  ExpectNotInCharset(Utf8ToCp932("\xef\xbb\xbf"
                                 "a")
                         .status(),
                     "0", "\xef\xbb\xbf");
}

TEST(Cp932Test, TextThatIsNotUtf8IsRefused) {
  ExpectNotInCharset(Utf8ToCp932("ab\xff").status(), "2", "0xFF");
  ExpectNotInCharset(Utf8ToCp932("政\xe6\x94").status(), "3", "0xE6");
}

TEST(Cp932Test, BytesWithoutEquivalentAreNamedWithTheirOffset) {
  ExpectNotInCharset(Cp932ToUtf8("ab\xff").status(), "2", "0xFF");
  ExpectNotInCharset(Cp932ToUtf8("\x90\xad\x80").status(), "2", "0x80");
  ExpectNotInCharset(Cp932ToUtf8("a\x90").status(), "1", "0x90");                // cut off
  ExpectNotInCharset(Cp932ToUtf8("\x90\xad\x85\x40z").status(), "2", "0x8540");  // unassigned
}

TEST(Cp932Test, WhatCanBeEncodedComesBackUnchanged) {
  int encoded = 0;
  for (char32_t c = 0; c < 0x10000; ++c) {
    if (c >= 0xD800 && c < 0xF900) continue;  // surrogates and private use
    std::string text;
    if (c < 0x80) {
      text = {static_cast<char>(c)};
    } else if (c < 0x800) {
      text = {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
    } else {
      text = {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
              static_cast<char>(0x80 | (c & 0x3F))};
    }
    absl::StatusOr<std::string> bytes = Utf8ToCp932(text);
    if (!bytes.ok()) continue;
    ++encoded;
    ASSERT_EQ(Decoded(*bytes), text) << std::hex << static_cast<uint32_t>(c);
  }
  EXPECT_GT(encoded, 7500);
}

std::string Contents(const std::string& path) {
  std::ifstream file(SEISAKU_SOURCE_DIR "/" + path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Cp932Test, OneCharacterOfTheSamplesIsNotInIt) {
  std::string manifesto = Contents("deploy/sample/isesaki/manifesto.txt");
  EXPECT_EQ(Decoded(Encoded(manifesto)), manifesto);

  std::string sheet = Contents("deploy/sample/isesaki/progress-sheet.txt");
  const std::string misread = "诊";
  size_t offset = sheet.find(misread);
  ASSERT_NE(offset, std::string::npos);
  ExpectNotInCharset(Utf8ToCp932(sheet).status(), std::to_string(offset), misread);
  for (size_t at; (at = sheet.find(misread)) != std::string::npos;) sheet.replace(at, misread.size(), "診");
  EXPECT_EQ(Decoded(Encoded(sheet)), sheet);
}

}  // namespace
}  // namespace seisaku
