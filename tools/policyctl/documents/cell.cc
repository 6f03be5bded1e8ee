#include "tools/policyctl/documents/cell.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "services/base/text.h"

namespace seisaku::documents {

namespace {

// Full-width; then those that texts of browsers and word processors have: with no break, thin, of no width.
constexpr std::array<std::string_view, 6> kWideSpaces = {"\u3000", "\u00A0", "\u2009",
                                                         "\u202F", "\u200B", "\uFEFF"};

bool IsAsciiSpace(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

// The bytes of the space at the head of `text`, which is not empty; 0 where there is none.
size_t SpaceAtHead(std::string_view text) {
  if (IsAsciiSpace(text[0])) return 1;
  for (const std::string_view space : kWideSpaces) {
    if (text.starts_with(space)) return space.size();
  }
  return 0;
}

// The code point at the head of `text` (valid UTF-8) and its bytes.
struct CodePoint {
  char32_t value = 0;
  size_t bytes = 0;
};

CodePoint FirstCodePoint(std::string_view text) {
  if (text.empty()) return {};
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  constexpr std::array<unsigned char, 5> kLeadBits = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t value = lead & kLeadBits[bytes];
  for (size_t i = 1; i < bytes && i < text.size(); ++i) {
    value = (value << 6) | (static_cast<unsigned char>(text[i]) & 0x3F);
  }
  return {value, bytes};
}

struct CircledRange {
  char32_t first;
  char32_t last;
  int value;  // of the first
};

// Unicode's circled and parenthesised numbers.
constexpr std::array<CircledRange, 4> kCircled = {
    {{0x2460, 0x2473, 1}, {0x2474, 0x2487, 1}, {0x3251, 0x325F, 21}, {0x32B1, 0x32BF, 36}}};

std::optional<int> CircledValue(char32_t code_point) {
  for (const CircledRange& range : kCircled) {
    if (code_point < range.first || code_point > range.last) continue;
    return range.value + static_cast<int>(code_point - range.first);
  }
  return std::nullopt;
}

// Takes one or two digits, of either width, off the head of `rest`.
std::optional<int> ConsumeDigits(std::string_view& rest) {
  int value = 0;
  int digits = 0;
  std::string_view left = rest;
  while (!left.empty()) {
    const CodePoint next = FirstCodePoint(left);
    const bool ascii = next.value >= U'0' && next.value <= U'9';
    const bool full_width = next.value >= U'０' && next.value <= U'９';
    if (!ascii && !full_width) break;
    if (++digits > 2) return std::nullopt;
    value = value * 10 + static_cast<int>(next.value - (ascii ? U'0' : U'０'));
    left.remove_prefix(next.bytes);
  }
  if (digits == 0) return std::nullopt;
  rest = left;
  return value;
}

// The first two code points of `text`; 0 where there is none.
struct Head {
  char32_t first = 0;
  char32_t second = 0;
};

Head HeadOf(std::string_view text) {
  const CodePoint first = FirstCodePoint(text);
  return {first.value, FirstCodePoint(text.substr(first.bytes)).value};
}

bool IsDigit(char32_t c) { return (c >= U'0' && c <= U'9') || (c >= U'０' && c <= U'９'); }
bool IsUpperCase(char32_t c) { return (c >= U'A' && c <= U'Z') || (c >= U'Ａ' && c <= U'Ｚ'); }
bool IsLetter(char32_t c) { return IsUpperCase(c) || (c >= U'a' && c <= U'z') || (c >= U'ａ' && c <= U'ｚ'); }
bool IsKanji(char32_t c) { return c >= 0x3400 && c <= 0x9FFF; }

// Whether the digits before `rest` are one word with it.
bool BelongsToDigits(std::string_view rest) {
  // What joins figures: 1.5, 1-2, 3〜5.
  constexpr std::u32string_view kJoints = U".,．，、:：-‐－–―~〜～/／・+＋×&＆%％";
  // Counters, with what makes them one where a title could begin like that (歳出, つながり, 次世代).
  constexpr std::array<std::string_view, 27> kCounters = {
      "年度", "年間", "年後",   "か年", "カ年",   "ヶ年",   "か月", "カ月",     "ヶ月",
      "か所", "カ所", "ヶ所",   "箇所", "日間",   "時間",   "世代", "級",       "割",
      "つの", "歳児", "歳以上", "歳未", "次産業", "次救急", "次医", "人ひとり", "人一人"};
  // Counters that begin many a word (人材, 代替, 本庁): they are counters where no Chinese character follows.
  constexpr std::u32string_view kBeforeNoKanji = U"人代歳次回本校園市町村年月日番";
  const Head head = HeadOf(rest);
  if (kJoints.find(head.first) != std::u32string_view::npos) return true;
  if (std::any_of(kCounters.begin(), kCounters.end(),
                  [rest](std::string_view counter) { return rest.starts_with(counter); })) {
    return true;
  }
  if (kBeforeNoKanji.find(head.first) != std::u32string_view::npos) return !IsKanji(head.second);
  // 5G, 3R, 1on1; but ICT is a word by itself.
  return IsLetter(head.first) && !(IsUpperCase(head.first) && IsUpperCase(head.second));
}

std::optional<int> ConsumeBracketed(std::string_view& rest) {
  for (const auto& [open, close] :
       {std::pair<std::string_view, std::string_view>{"(", ")"}, {"（", "）"}, {"(", "）"}, {"（", ")"}}) {
    std::string_view left = rest;
    if (!ConsumePrefix(left, open)) continue;
    const std::optional<int> value = ConsumeDigits(left);
    if (!value || !ConsumePrefix(left, close)) continue;
    rest = left;
    return value;
  }
  return std::nullopt;
}

// Takes what separates a plain number from its title; false where nothing does. "1.5", "1,000" and "3、4歳"
// are figures.
bool ConsumeSeparator(std::string_view& rest) {
  constexpr std::array<std::string_view, 2> kBrackets = {")", "）"};
  constexpr std::array<std::string_view, 8> kMarks = {".", "．", "、", ",", "，", "。", ":", "："};
  std::string_view left = rest;
  const auto consume = [&left](std::string_view mark) { return ConsumePrefix(left, mark); };
  if (std::any_of(kBrackets.begin(), kBrackets.end(), consume) ||
      (std::any_of(kMarks.begin(), kMarks.end(), consume) && !IsDigit(FirstCodePoint(left).value))) {
    rest = left;
    return true;
  }
  return Trim(rest).data() != rest.data();
}

// Takes a composite number (1-2-3, 1.2.3; one kind of joint) off the head, with what separates it from the
// title; false where there is none.
bool ConsumeComposite(std::string_view& rest, Heading& heading) {
  constexpr std::array<std::string_view, 2> kPoints = {".", "．"};
  constexpr std::array<std::string_view, 8> kHyphens = {"-", "－", "‐", "‑", "–", "−", "―", "ー"};
  const auto consume = [](std::string_view& text, const auto& joints) {
    return std::any_of(joints.begin(), joints.end(),
                       [&text](std::string_view joint) { return ConsumePrefix(text, joint); });
  };
  std::string_view left = rest;
  std::optional<int> value = ConsumeDigits(left);
  if (!value) return false;
  int parts = 1;
  std::string_view next = left;
  const bool by_points = consume(next, kPoints);
  for (next = left; by_points ? consume(next, kPoints) : consume(next, kHyphens); next = left) {
    const std::optional<int> part = ConsumeDigits(next);
    if (!part) break;
    value = part;
    left = next;
    ++parts;
  }
  if (parts < 2) return false;
  const bool separated = ConsumeSeparator(left);
  constexpr int kSurelyANumber = 3;
  if (!separated && (parts < kSurelyANumber || left.empty() || BelongsToDigits(left))) return false;
  rest = left;
  heading.form = NumberForm::kComposite;
  heading.value = *value;
  heading.parts = parts;
  return true;
}

}  // namespace

std::string_view Trim(std::string_view text) {
  while (true) {
    const size_t before = text.size();
    while (!text.empty() && IsAsciiSpace(text.front())) text.remove_prefix(1);
    while (!text.empty() && IsAsciiSpace(text.back())) text.remove_suffix(1);
    for (const std::string_view space : kWideSpaces) {
      ConsumePrefix(text, space);
      ConsumeSuffix(text, space);
    }
    if (text.size() == before) return text;
  }
}

bool IsNone(std::string_view text) {
  constexpr std::array<std::string_view, 9> kDashes = {"", "-", "－", "―", "‐", "–", "—", "ー", "−"};
  const std::string_view trimmed = Trim(text);
  for (std::string_view dash : kDashes) {
    if (trimmed == dash) return true;
  }
  return false;
}

std::vector<std::string_view> SplitAtSpaces(std::string_view text) {
  std::vector<std::string_view> parts;
  size_t start = 0;
  size_t i = 0;
  const auto end_part = [&] {
    if (i > start) parts.push_back(text.substr(start, i - start));
  };
  while (i < text.size()) {
    const size_t space = SpaceAtHead(text.substr(i));
    if (space == 0) {
      ++i;
      continue;
    }
    end_part();
    i += space;
    start = i;
  }
  end_part();
  return parts;
}

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool ConsumePrefix(std::string_view& text, std::string_view part) {
  if (!text.starts_with(part)) return false;
  text.remove_prefix(part.size());
  return true;
}

bool ConsumeSuffix(std::string_view& text, std::string_view part) {
  if (!text.ends_with(part)) return false;
  text.remove_suffix(part.size());
  return true;
}

Heading ParseHeading(std::string_view cell) {
  const std::string_view text = Trim(cell);
  std::string_view rest = text;
  Heading heading;
  const CodePoint first = FirstCodePoint(text);
  if (const auto circled = CircledValue(first.value)) {
    rest.remove_prefix(first.bytes);
    heading.form = NumberForm::kCircled;
    heading.value = *circled;
  } else if (const auto bracketed = ConsumeBracketed(rest)) {
    heading.form = NumberForm::kBracketed;
    heading.value = *bracketed;
  } else if (ConsumeComposite(rest, heading)) {
    // All is said.
  } else if (const auto digits = ConsumeDigits(rest)) {
    if (ConsumeSeparator(rest)) {
      heading.form = NumberForm::kPlain;
      heading.value = *digits;
    } else {
      heading.leading_digits = rest.empty() ? 0 : *digits;
      heading.digits_are_a_word = heading.leading_digits != 0 && BelongsToDigits(rest);
      rest = text;
    }
  }
  // A cell that is nothing but a number keeps it as its title: a node needs one.
  if (Trim(rest).empty()) return Heading{.title = std::string(text)};
  heading.number = std::string(text.substr(0, text.size() - rest.size()));
  heading.title = std::string(Trim(rest));
  return heading;
}

Heading AsNumbered(const Heading& heading) {
  std::string_view rest = heading.title;
  const std::optional<int> value = ConsumeDigits(rest);
  if (!value || heading.leading_digits == 0) return heading;
  const std::string_view whole = heading.title;
  return {.number = std::string(whole.substr(0, whole.size() - rest.size())),
          .form = NumberForm::kPlain,
          .value = *value,
          .title = std::string(Trim(rest)),
          .leading_digits = heading.leading_digits,
          .digits_are_a_word = heading.digits_are_a_word};
}

}  // namespace seisaku::documents
