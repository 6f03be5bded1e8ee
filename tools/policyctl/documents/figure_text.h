// The grammar of one printed figure: of a sheet's cell, and of what is typed for --value.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "services/domain/value.h"

namespace seisaku::documents {

struct FigureText {
  enum class Kind {
    kNumber,    // value.content is the number with its unit
    kWords,     // value.content is the words
    kNoFigure,  // there is none, as the word in value.content says: 未集計, 調査なし, …
  };
  Kind kind = Kind::kWords;
  Value value;                // value.printed is the text as it was given
  bool provisional = false;   // the text says so: 速報値, 暫定値, 見込み
  bool may_be_words = false;  // kNoFigure: a result, where the target is words (なし, 中止)
  bool converted = false;     // kNumber: several numbers were put together (2時間30分 is 2.5時間)
};

// Reads `printed` (UTF-8). White space at its ends does not count, and full-width digits, signs and brackets
// are as good as those of ASCII, kana in half width or with their marks apart (NFD) as those that are composed.
//
//   figure   note* number unit? note*   12,025億円   ▲3.5   １２０ 人   12件/年   100t-CO2   0
//   number   with correct commas or none; - − ‐ – ▲ △ before it is minus
//   unit     without digits, marks and signs of comparison; perhaps in brackets: 350(人), 350(単位:千人)
//            where it is missing, `unit` (which may be empty) takes its place; behind a scale too: 5万
//   note     what stands in brackets      45件(累計)   41人(R5.3末)   62.5%(50/80)   (見込み)350人
//            the year that it is about    12,025億円 (令和2年)   350人(R4)   → observed_period, no note
//            a word that is known         延べ100人   累計 45件   120人 速報値   25件↓
//            a day or month               12月末 350人   350人 R5.3末   令和4年度末約350人
//            a footnote's mark            120人※   120人*1   ※1 120人   120人注1)   0件※中止
//            a bound                      60人以上   5.0%以下   95%超   3日以内   約500人   30万人台   ≧60
//   several  numbers of one unit together, each less than one of the unit before it
//                                         2時間30分, 2時間半 → 2.5時間   1時間20分 → 80分   1億2,345万円 → 1.2345億円
//            (in the larger unit where that is exact and `unit` is not the smaller one)
//
// Bounds become the value's qualifier; 台 is one only behind another unit (30万人台), else the unit (30台).
// Notes are kept without their brackets, in printed order, with 、 between them.
//
// Words that say that there is none are kNoFigure: 未集計, 調査なし, R5.10公表予定, 集計中(12月頃), …, ※, ―;
// なし, 中止 and コロナにより中止 too, though they may be words. Any other text is kWords, without its white
// space only.
//
// INVALID_ARGUMENT INVALID_DECIMAL, which says what would be right: a text that begins like a number and is
// none (3~5人, 1/2, 12,7人, 5 3人, 10数人), has two bounds (60人以上未満), or is a number that cannot be
// stored; one of which another number has the unit (50(62.5%) in %); 未集計(速報値120人); #DIV/0!.
absl::StatusOr<FigureText> ReadFigureText(std::string_view printed, std::string_view unit);

// Takes the last group in brackets off the end of `text` (in ASCII width) where it says which year, or how
// sure, the rest is: (令和2年), (暫定値). False, and nothing taken, where there is none.
bool ConsumeUnderstoodBracket(std::string_view& text, FigureText& figure);

}  // namespace seisaku::documents
