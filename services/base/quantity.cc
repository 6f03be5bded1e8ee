#include "services/base/quantity.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/text.h"

namespace seisaku {
namespace {

struct ScaleWord {
  std::string_view word;
  int power;
};

// A scale is one of the first and one of the second, either of which may be absent: 千, 百万, 十億.
constexpr std::array<ScaleWord, 3> kSmallScales = {{{"十", 1}, {"百", 2}, {"千", 3}}};
constexpr std::array<ScaleWord, 3> kGreatScales = {{{"万", 4}, {"億", 8}, {"兆", 12}}};

// Takes one of `words` off the head of `unit` and returns its power of ten, 0 for none.
int TakeScale(const std::array<ScaleWord, 3>& words, std::string_view* unit) {
  for (const ScaleWord& scale : words) {
    if (unit->substr(0, scale.word.size()) != scale.word) continue;
    unit->remove_prefix(scale.word.size());
    return scale.power;
  }
  return 0;
}

bool TakePrefix(std::string_view prefix, std::string_view* text) {
  if (text->substr(0, prefix.size()) != prefix) return false;
  text->remove_prefix(prefix.size());
  return true;
}

// Takes the sign off: '-' or '+', the minus sign U+2212, or the ▲ and △ of Japanese accounts.
bool TakeSign(std::string_view* text) {
  for (std::string_view minus : {"-", "－", "−", "▲", "△"}) {
    if (TakePrefix(minus, text)) return true;
  }
  if (!TakePrefix("+", text)) TakePrefix("＋", text);
  return false;
}

// The ASCII character of a digit, comma or point at the head of `text`, either width; 0 for anything else.
char NumberCharacter(std::string_view text, size_t* length) {
  std::string_view head = text.substr(0, 1);
  if (text.substr(0, 2) == "\xef\xbc") head = text.substr(0, 3);  // U+FF00 to U+FF3F
  *length = head.size();
  std::string ascii = ToHalfWidthAscii(head);
  if (ascii.size() != 1) return 0;
  bool part = absl::ascii_isdigit(static_cast<unsigned char>(ascii[0])) || ascii == "," || ascii == ".";
  return part ? ascii[0] : 0;
}

// Takes the longest run of digits, commas and points, as ASCII.
std::string TakeNumber(std::string_view* text) {
  std::string number;
  size_t length = 0;
  while (char c = NumberCharacter(*text, &length)) {
    number.push_back(c);
    text->remove_prefix(length);
  }
  return number;
}

// digits and commas beginning with a digit, then at most one point with something after it.
bool LooksLikeNumber(std::string_view number) {
  size_t point = number.find('.');
  if (point == std::string_view::npos) return !number.empty() && number[0] != ',';
  return point > 0 && number[0] != ',' && point + 1 < number.size() &&
         number.find('.', point + 1) == std::string_view::npos;
}

// No comma at all, or one before every group of three digits of the integer part and nowhere else.
bool HasCorrectGroups(std::string_view number) {
  if (number.find(',') == std::string_view::npos) return true;
  size_t point = std::min(number.find('.'), number.size());
  if (number.substr(point).find(',') != std::string_view::npos) return false;
  if (number.find(',') > 3) return false;
  for (size_t i = 0; i < point; ++i) {
    if ((number[i] == ',') != ((point - i) % 4 == 0)) return false;
  }
  return true;
}

// A unit begins with a letter or a symbol such as ㎡ or ¥. "~5", "/2", ":30" or "-06-01" after a number
// show that the text is a range, a fraction, a time or a date, and not a quantity.
bool CanBeginUnit(UChar32 c) {
  if (c == '%' || c == U'％' || c == U'‰') return true;
  return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_SO_MASK | U_GC_SC_MASK)) != 0;
}

bool IsUnit(std::string_view unit) {
  auto length = static_cast<int32_t>(unit.size());
  for (int32_t next = 0; next < length;) {
    bool first = next == 0;
    UChar32 c;
    U8_NEXT(unit.data(), next, length, c);
    if (c < 0 || u_isUWhiteSpace(c) || u_iscntrl(c)) return false;
    if (first && !CanBeginUnit(c)) return false;
  }
  return true;
}

}  // namespace

Quantity ToBaseUnit(const Quantity& quantity) {
  std::string_view unit = quantity.unit;
  int power = TakeScale(kSmallScales, &unit);
  power += TakeScale(kGreatScales, &unit);
  return {quantity.value.ScaledUp(power), std::string(unit)};
}

absl::StatusOr<std::optional<Quantity>> ParseQuantity(std::string_view text) {
  std::string_view rest = text;
  bool negative = TakeSign(&rest);
  std::string number = TakeNumber(&rest);
  if (!LooksLikeNumber(number) || !IsUnit(rest)) return std::nullopt;
  if (!HasCorrectGroups(number)) {
    return errors::Unreadable("INVALID_DECIMAL", text, expected::COMMA_GROUPS);
  }
  std::string plain = absl::StrReplaceAll(number, {{",", ""}});
  ASSIGN_OR_RETURN(Decimal value, Decimal::Parse(negative ? "-" + plain : plain));
  return Quantity{value, absl::StrReplaceAll(std::string(rest), {{"％", "%"}})};
}

std::string Format(const Quantity& quantity) { return quantity.value.ToGroupedString() + quantity.unit; }

}  // namespace seisaku
