// What the cell of a target or an actual holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seisaku/type/v1/value.pb.h"
#include "services/base/period.h"
#include "services/base/quantity.h"
#include "tools/policyctl/documents/finding.h"

namespace seisaku::documents {

struct Component {
  std::string name;  // 小学校; empty where the cell holds one number
  Quantity quantity;
  type::v1::Qualifier qualifier =
      type::v1::QUALIFIER_UNSPECIFIED;  // how the number bounds what it stands for
  std::string note;  // what stands beside the number: 累計, R5.3末; several with 、 between them
  bool operator==(const Component&) const = default;
};

struct CellValue {
  enum class Kind {
    kMissing,   // blank or a dash
    kNumbers,   // one or several numbers
    kText,      // words
    kNoFigure,  // a word that stands for "no figure": 未集計, 調査なし
  };
  Kind kind = Kind::kMissing;
  std::vector<Component> numbers;        // kNumbers: one or, with names, several, in printed order
  std::string text;                      // kText, kNoFigure: the cell without white space at its ends
  std::optional<ObservedPeriod> period;  // the year that the cell itself names
  bool provisional = false;              // the cell says 暫定値, 速報値 or 見込み
  SourceCell source;

  // Whether there is a number or words.
  bool HasFigure() const { return kind == Kind::kNumbers || kind == Kind::kText; }

  bool operator==(const CellValue&) const = default;
};

// Reads a cell by the grammar of figure_text.h: "12,025億円 (令和2年)", "60人以上", "45件(累計)",
// "待機児童なし", "-", "未集計". Several of them with names are the components: "小学校 93.5% 中学校 85.0%";
// a bound or a time (約, R3) is no name.
// `unit` is the row's: a number that stands without one is counted in it. `beside_words`: the target that the
// cell is measured by is words, so that なし and 中止 are words too. Findings: YEAR_FROM_CELL,
// PROVISIONAL_VALUE, NO_FIGURE, FULLWIDTH_DIGITS, CHARACTER_REPAIRED (力所), VALUE_CONVERTED;
// VALUE_NOT_A_NUMBER or VALUE_OUT_OF_BOUNDS where the text begins like a number but is none that can be kept:
// then the value is missing and its row is left out.
CellValue ReadCellValue(const SourceCell& cell, std::string_view unit, std::vector<Finding>& findings,
                        bool beside_words = false);

// The names of a value's components; empty for one number, for text and for nothing.
std::vector<std::string> ComponentNames(const CellValue& value);

}  // namespace seisaku::documents
