// Japanese text: width, search keys, encodings. Stored text is never changed by any of these.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace seisaku {

// Whether `text` is well-formed UTF-8 (no surrogates, no overlong forms).
bool IsUtf8(std::string_view text);

// Columns that `text` takes on a terminal. Per grapheme cluster the sum of its code points' widths: East
// Asian Wide/Fullwidth 2, marks 0, U+FF9E/U+FF9F 1; a cluster with ZWJ, VS16 or an emoji modifier is 2;
// ambiguous (①※○) is `ambiguous_width`. Control characters count 0.
int DisplayWidth(std::string_view text, int ambiguous_width = 1);

// The longest prefix, cut at a cluster's edge, that is at most `columns` wide.
std::string_view TruncateToWidth(std::string_view text, int columns, int ambiguous_width = 1);

// NFKC with case folded and white space removed: equal keys mean "the same but for spelling of digits,
// spaces, width". For comparing and searching only.
std::string SearchKey(std::string_view text);

// Full-width ASCII (０-９Ａ-Ｚ％，．－ and the like) as ASCII; everything else unchanged.
std::string ToHalfWidthAscii(std::string_view text);

// NFC, with half-width kana as full-width ones: か and its mark apart, and ｶﾞ, as が and ガ. For reading words
// that are known; everything else that NFC leaves (①, ㎡, full-width letters) stays.
std::string WithComposedKana(std::string_view text);

// Bytes in windows-31j (CP932) as UTF-8, and back. Strict: nothing is replaced by a look-alike, so that
// Cp932ToUtf8(Utf8ToCp932(text)) is `text`, private-use characters aside. ～ (U+FF5E) and － (U+FF0D) are
// in it, 〜 (U+301C) and − (U+2212) are not. INVALID_ARGUMENT NOT_IN_CHARSET: a byte sequence or character
// that has no equivalent; metadata `offset` (byte offset in the input) and `character` (itself, or its
// bytes as "0x8540" where they are none).
absl::StatusOr<std::string> Cp932ToUtf8(std::string_view bytes);
absl::StatusOr<std::string> Utf8ToCp932(std::string_view text);

// `text` with the characters that CP932 lacks as those of CP932 that look the same: 〜 − ‖ — ¢ £ ¬ ¦ ¥ as
// ～ － ∥ ― ￠ ￡ ￢ ￤ ￥, and a letter with a mark of its own (NFD) as one character. For a file in CP932
// only, whose maker says so where the text changed.
std::string WithCp932LookAlikes(std::string_view text);

}  // namespace seisaku
