// The part of text.h about CP932, the "Shift_JIS" that Excel in a Japanese office reads and writes.
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <cstdlib>

#include "absl/strings/str_replace.h"
#include "fmt/format.h"
#include "services/base/status.h"
#include "services/base/text.h"

namespace seisaku {
namespace {

absl::Status NotInCharset(size_t offset, std::string character, std::string charset) {
  return MakeError(absl::StatusCode::kInvalidArgument, "NOT_IN_CHARSET",
                   fmt::format("{} at byte {} is not in {}", character, offset, charset),
                   {{"offset", fmt::to_string(offset)}, {"character", character}, {"charset", charset}});
}

std::string Hex(std::string_view bytes) {
  std::string hex = "0x";
  for (unsigned char byte : bytes) hex += fmt::format("{:02X}", byte);
  return hex;
}

// ICU's own "stop" passes over the invisible characters (variation selectors, joiners) in silence, and
// would thus turn one variant of a name into another. These leave the error as it stands.
void RefuseCharacter(const void*, UConverterFromUnicodeArgs*, const UChar*, int32_t, UChar32,
                     UConverterCallbackReason, UErrorCode*) {}
void RefuseBytes(const void*, UConverterToUnicodeArgs*, const char*, int32_t, UConverterCallbackReason,
                 UErrorCode*) {}

// Of one call: converters are not thread-safe, and ICU shares their tables.
icu::LocalUConverterPointer Windows31j() {
  UErrorCode error = U_ZERO_ERROR;
  icu::LocalUConverterPointer converter(ucnv_open("windows-31j", &error));
  ucnv_setFromUCallBack(converter.getAlias(), RefuseCharacter, nullptr, nullptr, nullptr, &error);
  ucnv_setToUCallBack(converter.getAlias(), RefuseBytes, nullptr, nullptr, nullptr, &error);
  if (U_FAILURE(error)) std::abort();  // ICU without its own data: a broken installation
  return converter;
}

// ICU's table comes from IBM and exchanges three control characters, which Windows leaves in place. None
// of them can be the second byte of a character, so they may be put right byte by byte.
char ToIbmControl(char byte) {
  return byte == 0x1A ? 0x7F : byte == 0x1C ? 0x1A : byte == 0x7F ? 0x1C : byte;
}
char FromIbmControl(char byte) {
  return byte == 0x7F ? 0x1A : byte == 0x1A ? 0x1C : byte == 0x1C ? 0x7F : byte;
}

// Where `text` stops being UTF-8; its size where it never does.
size_t EndOfUtf8(std::string_view text) {
  auto length = static_cast<int32_t>(text.size());
  for (int32_t next = 0; next < length;) {
    int32_t begin = next;
    UChar32 c;
    U8_NEXT(text.data(), next, length, c);
    if (c < 0) return static_cast<size_t>(begin);
  }
  return text.size();
}

std::string AsUtf8(const icu::UnicodeString& text) {
  std::string utf8;
  return text.toUTF8String(utf8);
}

// Each character with the mark after it as one character, where there is one: か and U+3099 as が. (NFC would
// exchange ideographs of CP932 too.)
std::string WithComposedMarks(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* composing = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) std::abort();  // ICU without its own data: a broken installation
  icu::UnicodeString composed;
  UChar32 last = -1;
  auto length = static_cast<int32_t>(text.size());
  for (int32_t next = 0; next < length;) {
    UChar32 c;
    U8_NEXT_OR_FFFD(text.data(), next, length, c);
    const UChar32 pair = last < 0 || u_getCombiningClass(c) == 0 ? -1 : composing->composePair(last, c);
    if (pair < 0 && last >= 0) composed.append(last);
    last = pair < 0 ? c : pair;
  }
  if (last >= 0) composed.append(last);
  return AsUtf8(composed);
}

}  // namespace

absl::StatusOr<std::string> Cp932ToUtf8(std::string_view bytes) {
  std::string input(bytes);
  for (char& byte : input) byte = ToIbmControl(byte);
  icu::LocalUConverterPointer converter = Windows31j();

  std::u16string output(input.size(), u'\0');  // a character takes at least as many bytes as UTF-16 units
  const char* source = input.data();
  UChar* target = output.data();
  UErrorCode error = U_ZERO_ERROR;
  ucnv_toUnicode(converter.getAlias(), &target, target + output.size(), &source, source + input.size(),
                 nullptr, true, &error);
  if (U_FAILURE(error)) {
    char invalid[4];  // a character of CP932 has at most two bytes
    int8_t length = sizeof(invalid);
    UErrorCode ignored = U_ZERO_ERROR;
    ucnv_getInvalidChars(converter.getAlias(), invalid, &length, &ignored);
    auto offset = static_cast<size_t>(source - input.data() - length);
    return NotInCharset(offset, Hex(bytes.substr(offset, length)), "CP932");
  }
  return AsUtf8(icu::UnicodeString(output.data(), static_cast<int32_t>(target - output.data())));
}

absl::StatusOr<std::string> Utf8ToCp932(std::string_view text) {
  if (size_t end = EndOfUtf8(text); end < text.size()) {
    return NotInCharset(end, Hex(text.substr(end, 1)), "UTF-8");
  }
  icu::UnicodeString input =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  icu::LocalUConverterPointer converter = Windows31j();

  std::string output(2 * static_cast<size_t>(input.length()), '\0');
  const UChar* source = input.getBuffer();
  char* target = output.data();
  UErrorCode error = U_ZERO_ERROR;
  ucnv_fromUnicode(converter.getAlias(), &target, target + output.size(), &source, source + input.length(),
                   nullptr, true, &error);
  if (U_FAILURE(error)) {
    UChar invalid[U16_MAX_LENGTH];
    int8_t length = U16_MAX_LENGTH;
    UErrorCode ignored = U_ZERO_ERROR;
    ucnv_getInvalidUChars(converter.getAlias(), invalid, &length, &ignored);
    auto before = static_cast<int32_t>(source - input.getBuffer()) - length;
    return NotInCharset(AsUtf8(input.tempSubString(0, before)).size(),
                        AsUtf8(icu::UnicodeString(invalid, length)), "CP932");
  }
  output.resize(static_cast<size_t>(target - output.data()));
  for (char& byte : output) byte = FromIbmControl(byte);
  return output;
}

std::string WithCp932LookAlikes(std::string_view text) {
  return absl::StrReplaceAll(WithComposedMarks(text), {{"〜", "～"},
                                                       {"−", "－"},
                                                       {"‖", "∥"},
                                                       {"—", "―"},
                                                       {"¢", "￠"},
                                                       {"£", "￡"},
                                                       {"¬", "￢"},
                                                       {"¦", "￤"},
                                                       {"¥", "￥"}});
}

}  // namespace seisaku
