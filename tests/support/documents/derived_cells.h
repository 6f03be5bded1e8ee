// Random cells of a progress sheet: each with the text as printed and what a reader must find in it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/support/documents/random_source.h"
#include "tools/policyctl/documents/progress_sheet.h"

namespace seisaku::documents {

// Names that occur once in a document and begin with no digit.
class DerivedNames {
 public:
  explicit DerivedNames(RandomSource& random) : random_(random) {}
  std::string Title();    // 地域公園の整備
  std::string Action();   // one to three titles with spaces between them
  std::string KpiName();  // …数; `less_is_better` where its words say so
  std::string Department();
  std::string Sentence();

 private:
  std::string Unique(std::string name);

  RandomSource& random_;
  std::set<std::string> used_;
};

// A heading's number.
enum class PrintedNumber { kPlain, kCircled, kBracketed, kLost };

// "1 名", "１　名", "1.名", "①名", "(2) 名" or "名"; `number` is set to its printed number.
std::string PrintHeading(RandomSource& random, PrintedNumber form, int value, const std::string& title,
                         std::string& number);

// What the three cells of a KPI's values are like; the same for the whole row.
struct DerivedValues {
  CellValue target;
  CellValue actual;
  CellValue later_target;
  std::string unit;
  std::vector<std::string> components;
};

// Numbers of one or two components, scaled or not, words, or nothing for the actual. Each value's
// source.printed is the text to print.
DerivedValues DeriveValues(RandomSource& random);

// `text` with its ASCII digits, commas, points and percent signs in full width.
std::string ToFullWidth(const std::string& text);

}  // namespace seisaku::documents
