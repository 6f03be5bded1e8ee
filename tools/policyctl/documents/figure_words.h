// The words that stand around a printed number, or instead of one. All texts here are in ASCII width
// (ToHalfWidthAscii) and without white space at their ends.
#pragma once

#include <optional>
#include <string_view>

#include "seisaku/type/v1/value.pb.h"
#include "services/base/period.h"

namespace seisaku::documents {

// Whether a text says that there is no figure.
enum class NoFigure {
  kNot,
  kAlways,       // 未集計, 調査なし, R5.10公表予定, 集計中(12月頃), …, ※
  kUnlessWords,  // なし, 中止, コロナにより中止: a result where the target is words
};
NoFigure ReadNoFigure(std::string_view text);

// Whether a spreadsheet failed to work the cell out, or to show it: #DIV/0!, ####.
bool IsErrorOfASpreadsheet(std::string_view text);

// What stands before a number or behind its unit.
struct FigureWord {
  std::string_view word;
  type::v1::Qualifier qualifier = type::v1::QUALIFIER_UNSPECIFIED;  // unspecified: it is a note
};

// Takes such a word off the head of `text` (約, およそ, ≧, 最低; 延べ, 累計, 速報値, ↓); nullopt where there
// is none.
std::optional<FigureWord> ConsumeWordBefore(std::string_view& text);
// Takes one off the end (以上, 以下, 超, 程度; 見込み, 速報値, ↓).
std::optional<FigureWord> ConsumeWordAfter(std::string_view& text);
// The qualifier that the whole of `text` is: (以上), (約).
type::v1::Qualifier QualifierOf(std::string_view text);

// Takes a mark of a footnote off the head or the end: ※, ※1, *1, 注1), †. Empty where there is none.
std::string_view ConsumeMarkBefore(std::string_view& text);
std::string_view ConsumeMarkAfter(std::string_view& text);
// Takes what a ※ inside of `text` begins off its end: 0件※中止. Empty where there is none.
std::string_view ConsumeRemarkAfter(std::string_view& text);

// Whether a note says that the figure may change: 速報値, 暫定値, 見込み, 概算, 予定.
bool SaysProvisional(std::string_view note);

// The year that a note names: as ParseObservedPeriod, and a bare year of an era (R4), which is a fiscal year.
std::optional<ObservedPeriod> PeriodOfNote(std::string_view note);

// Whether `text` names a day, a month or the like: R5.3末, 12月末, 3/31, 令和5年3月末時点. A length of time
// (3年, 2日) is none.
bool IsDate(std::string_view text);

}  // namespace seisaku::documents
