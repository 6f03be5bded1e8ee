// What the cell of a target or an actual holds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/base/period.h"
#include "services/base/quantity.h"
#include "tools/policyctl/documents/finding.h"

namespace seisaku::documents {

struct Component {
  std::string name;  // 小学校; empty where the cell holds one number
  Quantity quantity;
  bool operator==(const Component&) const = default;
};

struct CellValue {
  enum class Kind { kMissing, kNumbers, kText };
  Kind kind = Kind::kMissing;
  std::vector<Component> numbers;        // kNumbers: one or, with names, several, in printed order
  std::string text;                      // kText: the cell without white space at its ends
  std::optional<ObservedPeriod> period;  // the year that the cell itself names
  bool provisional = false;              // the cell says 暫定値
  SourceCell source;

  bool operator==(const CellValue&) const = default;
};

// Reads "12,025億円 (令和2年)", "小学校 93.5% 中学校 85.0%", "待機児童なし", "-". Full-width digits, a 力
// that stands for カ before 所 and a space before the unit are read with a finding. VALUE_NOT_A_NUMBER
// (fatal, the value is then missing): the text begins like a number but is none.
CellValue ReadCellValue(const SourceCell& cell, std::vector<Finding>& findings);

// The names of a value's components; empty for one number, for text and for nothing.
std::vector<std::string> ComponentNames(const CellValue& value);

}  // namespace seisaku::documents
