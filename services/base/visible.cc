#include "services/base/visible.h"

#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

namespace seisaku {
namespace {

constexpr UChar32 kJoiner = 0x200D;
constexpr UChar32 kNothing = -1;

bool IsPictograph(UChar32 c) { return u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC); }
bool IsVariationSelector(UChar32 c) { return u_hasBinaryProperty(c, UCHAR_VARIATION_SELECTOR); }

// What a terminal does not show as itself.
bool IsUnseen(UChar32 c) {
  constexpr uint32_t kCategories = U_GC_CC_MASK | U_GC_CF_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK;
  return (U_GET_GC_MASK(c) & kCategories) != 0 || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

UChar32 CharacterAt(std::string_view text, size_t at) {
  if (at >= text.size()) return kNothing;
  auto next = static_cast<int32_t>(at);
  UChar32 c;
  U8_NEXT(text.data(), next, static_cast<int32_t>(text.size()), c);
  return c;
}

// Goes through a text; `before` is the character before the one that is looked at.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  // Whether the unseen character `c`, which ends at `end`, is part of the one before it.
  bool Belongs(UChar32 c, size_t end) const {
    if (IsVariationSelector(c)) return before_ != kNothing && !u_isUWhiteSpace(before_);
    return c == kJoiner && joins_ && IsPictograph(CharacterAt(text_, end));
  }

  // `c` stays, or something else stands for it.
  void Pass(UChar32 c, bool stays) {
    // An emoji goes on over what modifies it.
    const bool modifies = IsVariationSelector(c) || u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER);
    joins_ = stays && (IsPictograph(c) || (joins_ && modifies));
    before_ = stays && !IsUnseen(c) ? c : kNothing;
  }

 private:
  std::string_view text_;
  UChar32 before_ = kNothing;  // a variation selector may follow it
  bool joins_ = false;         // a joiner may follow
};

template <typename Show>
std::string Shown(std::string_view text, Show show) {
  std::string shown;
  shown.reserve(text.size());
  Scanner scanner(text);
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t next = 0; next < length;) {
    const int32_t begin = next;
    UChar32 c;
    U8_NEXT(text.data(), next, length, c);
    const std::string_view bytes = text.substr(begin, next - begin);
    const bool stays = c >= 0 && (!IsUnseen(c) || scanner.Belongs(c, next));
    scanner.Pass(c, stays);
    stays ? shown.append(bytes) : shown.append(show(c, bytes, text.substr(next)));
  }
  return shown;
}

std::string Symbol(UChar32 c, std::string_view bytes) {
  constexpr UChar32 kSymbolOfNul = 0x2400, kDelete = 0x7F, kSymbolOfDelete = 0x2421;
  if (c < 0) {
    std::string numbers;
    for (const char byte : bytes) numbers += fmt::format("⟨0x{:02X}⟩", static_cast<unsigned char>(byte));
    return numbers;
  }
  if (c >= 0x20 && c != kDelete) return fmt::format("⟨U+{:04X}⟩", c);
  const UChar32 symbol = c == kDelete ? kSymbolOfDelete : kSymbolOfNul + c;
  char utf8[U8_MAX_LENGTH];
  int32_t size = 0;
  U8_APPEND_UNSAFE(utf8, size, symbol);
  return std::string(utf8, size);
}

bool IsBreak(UChar32 c, std::string_view rest) {
  return c == '\n' || c == '\t' || (c == '\r' && rest.substr(0, 1) == "\n");
}

}  // namespace

std::string Visible(std::string_view text) {
  return Shown(text, [](UChar32 c, std::string_view bytes, std::string_view rest) {
    return IsBreak(c, rest) ? std::string(bytes) : Symbol(c, bytes);
  });
}

std::string VisibleLine(std::string_view text) {
  return Shown(text, [](UChar32 c, std::string_view bytes, std::string_view rest) -> std::string {
    if (!IsBreak(c, rest)) return Symbol(c, bytes);
    return c == '\r' ? "" : " ";
  });
}

std::string VisibleJson(std::string_view json) {
  return Shown(json, [](UChar32 c, std::string_view bytes, std::string_view rest) {
    if (IsBreak(c, rest)) return std::string(bytes);
    if (c < 0) return Symbol(c, bytes);
    char16_t units[2];
    int32_t size = 0;
    U16_APPEND_UNSAFE(units, size, c);
    std::string escaped;
    for (int32_t i = 0; i < size; ++i) escaped += fmt::format("\\u{:04x}", static_cast<uint32_t>(units[i]));
    return escaped;
  });
}

}  // namespace seisaku
