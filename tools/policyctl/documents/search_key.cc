#include "tools/policyctl/documents/search_key.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "services/base/text.h"

namespace seisaku::documents {

namespace {

// What is printed or scanned for one another. NFKC leaves all of these as they are.
struct LookAlike {
  char32_t printed;
  char32_t key;
};
constexpr std::array<LookAlike, 40> kLookAlikes = {{
    // The dashes, and what is read for one.
    {U'ー', U'-'},
    {U'−', U'-'},
    {U'‐', U'-'},
    {U'‑', U'-'},
    {U'‒', U'-'},
    {U'–', U'-'},
    {U'—', U'-'},
    {U'―', U'-'},
    {U'─', U'-'},
    {U'━', U'-'},
    {U'一', U'-'},
    {U'〜', U'~'},
    {U'∼', U'~'},
    {U'∥', U'‖'},
    {U'¦', U'|'},
    // Points, commas and quotes.
    {U'·', U'・'},
    {U'•', U'・'},
    {U'‧', U'・'},
    {U'∙', U'・'},
    {U'⋅', U'・'},
    {U'、', U','},
    {U'‘', U'\''},
    {U'’', U'\''},
    {U'′', U'\''},
    {U'“', U'"'},
    {U'”', U'"'},
    {U'〇', U'○'},
    {U'◯', U'○'},
    // Characters that a scan takes for a syllable, and syllables that look the same in both scripts.
    {U'力', U'カ'},
    {U'口', U'ロ'},
    {U'工', U'エ'},
    {U'二', U'ニ'},
    {U'八', U'ハ'},
    {U'夕', U'タ'},
    {U'卜', U'ト'},
    {U'へ', U'ヘ'},
    {U'べ', U'ベ'},
    {U'ぺ', U'ペ'},
    // Variants of a character in names.
    {U'髙', U'高'},
    {U'﨑', U'崎'},
}};

char32_t KeyOf(char32_t c) {
  static const auto sorted = [] {
    auto pairs = kLookAlikes;
    std::sort(pairs.begin(), pairs.end(),
              [](const LookAlike& a, const LookAlike& b) { return a.printed < b.printed; });
    return pairs;
  }();
  const auto* found =
      std::lower_bound(sorted.begin(), sorted.end(), c,
                       [](const LookAlike& pair, char32_t wanted) { return pair.printed < wanted; });
  return found == sorted.end() || found->printed != c ? c : found->key;
}

std::u32string CodePoints(std::string_view text) {
  std::u32string points;
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t next = 0; next < length;) {
    UChar32 c;
    U8_NEXT(text.data(), next, length, c);
    points.push_back(c < 0 ? U'\uFFFD' : static_cast<char32_t>(c));
  }
  return points;
}

std::string ToUtf8(const std::u32string& points) {
  std::string text;
  for (const char32_t c : points) {
    std::array<char, U8_MAX_LENGTH> bytes{};
    int32_t length = 0;
    U8_APPEND_UNSAFE(bytes.data(), length, static_cast<UChar32>(c));
    text.append(bytes.data(), static_cast<size_t>(length));
  }
  return text;
}

// か所, か月, か国, か年 and か村 have one spelling: カ所.
void UnifyCounters(std::u32string& key) {
  constexpr std::u32string_view kKa = U"かヵヶケ箇個个";
  constexpr std::u32string_view kCounted = U"所月国年村";
  for (size_t i = 0; i + 1 < key.size(); ++i) {
    const bool is_counter = kKa.find(key[i]) != std::u32string_view::npos &&
                            kCounted.find(key[i + 1]) != std::u32string_view::npos;
    if (is_counter) key[i] = U'カ';
  }
}

// How many characters have to be put in, taken out or changed to make `a` of `b`.
size_t Distance(const std::u32string& a, const std::u32string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string SearchKey(std::string_view text) {
  std::u32string points = CodePoints(seisaku::SearchKey(text));
  std::transform(points.begin(), points.end(), points.begin(), KeyOf);
  UnifyCounters(points);
  return ToUtf8(points);
}

double Likeness(std::string_view a, std::string_view b) {
  const std::u32string left = CodePoints(SearchKey(a));
  const std::u32string right = CodePoints(SearchKey(b));
  if (left == right) return 1;
  const std::u32string& shorter = left.size() < right.size() ? left : right;
  const std::u32string& longer = left.size() < right.size() ? right : left;
  if (shorter.empty()) return 0;
  const double length = static_cast<double>(longer.size());
  const double alike = 1 - static_cast<double>(Distance(shorter, longer)) / length;
  // A part of a name is likely meant for it.
  if (longer.find(shorter) == std::u32string::npos) return alike;
  constexpr double kOfAPart = 0.5;
  return std::max(alike, kOfAPart + (1 - kOfAPart) * static_cast<double>(shorter.size()) / length);
}

}  // namespace seisaku::documents
