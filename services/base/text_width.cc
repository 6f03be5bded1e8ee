// The part of text.h about columns on a terminal.
#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include <cstdlib>
#include <memory>
#include <optional>

#include "services/base/text.h"

namespace seisaku {
namespace {

constexpr UChar32 kZeroWidthJoiner = 0x200D;
constexpr UChar32 kEmojiPresentation = 0xFE0F;  // variation selector 16

// Whether its presence makes a whole cluster two columns wide.
bool MakesClusterWide(UChar32 c) {
  return c == kZeroWidthJoiner || c == kEmojiPresentation || u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER);
}

constexpr uint32_t kNoColumns =
    U_GC_MN_MASK | U_GC_ME_MASK | U_GC_MC_MASK | U_GC_CC_MASK | U_GC_CF_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK;

int CodePointWidth(UChar32 c, int ambiguous_width) {
  if (c < 0) return 1;  // a byte that is not UTF-8: terminals show one replacement character
  if (c < 0x7F) return c < 0x20 ? 0 : 1;
  if (U_GET_GC_MASK(c) & kNoColumns) return 0;
  switch (u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH)) {
    case U_EA_WIDE:
    case U_EA_FULLWIDTH:
      return 2;
    case U_EA_AMBIGUOUS:
      return ambiguous_width;
    default:
      return 1;
  }
}

// The sum over the code points of `text`; nullopt where one of them makes its cluster wide.
std::optional<int> SumOfWidths(std::string_view text, int ambiguous_width) {
  int width = 0;
  auto length = static_cast<int32_t>(text.size());
  for (int32_t next = 0; next < length;) {
    UChar32 c;
    U8_NEXT(text.data(), next, length, c);
    if (c > 0x7F && MakesClusterWide(c)) return std::nullopt;
    width += CodePointWidth(c, ambiguous_width);
  }
  return width;
}

int ClusterWidth(std::string_view cluster, int ambiguous_width) {
  return SumOfWidths(cluster, ambiguous_width).value_or(2);
}

// Finding the edges of clusters needs an iterator that is costly to make and is not thread-safe.
icu::BreakIterator& ClusterIterator() {
  thread_local std::unique_ptr<icu::BreakIterator> iterator = [] {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<icu::BreakIterator> made(
        icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), error));
    if (U_FAILURE(error)) std::abort();  // ICU without its own data: a broken installation
    return made;
  }();
  return *iterator;
}

// Calls visit(begin, cluster) for each grapheme cluster until it returns false.
template <typename Visit>
void ForEachCluster(std::string_view text, const Visit& visit) {
  UErrorCode error = U_ZERO_ERROR;
  icu::LocalUTextPointer utext(
      utext_openUTF8(nullptr, text.data(), static_cast<int64_t>(text.size()), &error));
  icu::BreakIterator& iterator = ClusterIterator();
  iterator.setText(utext.getAlias(), error);
  if (U_FAILURE(error)) std::abort();  // out of memory
  int32_t begin = iterator.first();
  for (int32_t end = iterator.next(); end != icu::BreakIterator::DONE; begin = end, end = iterator.next()) {
    if (!visit(begin, text.substr(begin, end - begin))) return;
  }
}

}  // namespace

int DisplayWidth(std::string_view text, int ambiguous_width) {
  // Clusters matter only where one of them is made wide, which is rare in a table.
  if (std::optional<int> sum = SumOfWidths(text, ambiguous_width)) return *sum;
  int width = 0;
  ForEachCluster(text, [&](size_t, std::string_view cluster) {
    width += ClusterWidth(cluster, ambiguous_width);
    return true;
  });
  return width;
}

std::string_view TruncateToWidth(std::string_view text, int columns, int ambiguous_width) {
  if (DisplayWidth(text, ambiguous_width) <= columns) return text;
  size_t kept = 0;
  ForEachCluster(text, [&](size_t begin, std::string_view cluster) {
    columns -= ClusterWidth(cluster, ambiguous_width);
    if (columns < 0) return false;
    kept = begin + cluster.size();
    return true;
  });
  return text.substr(0, kept);
}

}  // namespace seisaku
