#include "services/base/text.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <cstdlib>

namespace seisaku {
namespace {

const icu::Normalizer2& CaseFolding() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc_casefold = icu::Normalizer2::getNFKCCasefoldInstance(error);
  if (U_FAILURE(error)) std::abort();  // ICU without its own data: a broken installation
  return *nfkc_casefold;
}

std::string Folded(std::string_view text) {
  std::string folded;
  icu::StringByteSink<std::string> sink(&folded);
  UErrorCode error = U_ZERO_ERROR;
  icu::StringPiece piece(text.data(), static_cast<int32_t>(text.size()));
  CaseFolding().normalizeUTF8(0, piece, sink, nullptr, error);
  return folded;
}

std::string WithoutWhiteSpace(std::string_view text) {
  std::string kept;
  auto length = static_cast<int32_t>(text.size());
  for (int32_t next = 0; next < length;) {
    int32_t begin = next;
    UChar32 c;
    U8_NEXT(text.data(), next, length, c);
    if (c < 0 || !u_isUWhiteSpace(c)) kept.append(text.substr(begin, next - begin));
  }
  return kept;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  auto length = static_cast<int32_t>(text.size());
  for (int32_t next = 0; next < length;) {
    UChar32 c;
    U8_NEXT(text.data(), next, length, c);
    if (c < 0) return false;
  }
  return true;
}

std::string SearchKey(std::string_view text) {
  // Where white space goes, a mark may meet a letter that it composes with: fold once more.
  return Folded(WithoutWhiteSpace(Folded(text)));
}

std::string ToHalfWidthAscii(std::string_view text) {
  constexpr UChar32 kFirst = 0xFF01, kLast = 0xFF5E, kDistance = 0xFF01 - '!';
  std::string converted;
  converted.reserve(text.size());
  auto length = static_cast<int32_t>(text.size());
  for (int32_t next = 0; next < length;) {
    int32_t begin = next;
    UChar32 c;
    U8_NEXT(text.data(), next, length, c);
    if (c >= kFirst && c <= kLast) {
      converted.push_back(static_cast<char>(c - kDistance));
    } else {
      converted.append(text.substr(begin, next - begin));
    }
  }
  return converted;
}

std::string WithComposedKana(std::string_view text) {
  constexpr UChar32 kFirst = 0xFF65, kLast = 0xFF9F;  // half-width kana and their marks
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* widening = icu::Normalizer2::getNFKCInstance(error);
  const icu::Normalizer2* composing = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) std::abort();  // ICU without its own data: a broken installation
  icu::UnicodeString wide;
  const icu::UnicodeString given =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  for (int32_t at = 0; at < given.length(); at = given.moveIndex32(at, 1)) {
    const UChar32 c = given.char32At(at);
    wide.append(c >= kFirst && c <= kLast ? widening->normalize(icu::UnicodeString(c), error)
                                          : icu::UnicodeString(c));
  }
  std::string composed;
  composing->normalize(wide, error).toUTF8String(composed);
  return composed;
}

}  // namespace seisaku
