// The paper: pages with their headers, and rows that lose and swap cells on it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/documents/random_source.h"
#include "tools/policyctl/documents/progress_sheet.h"
#include "tools/policyctl/documents/sheet_header.h"

namespace seisaku::documents {

// One row before it is printed. Empty: a blank cell.
struct RowCells {
  std::string goal;
  std::string upper;
  std::string lower;
  std::string action;
  std::string values[kSheetColumns];
  std::vector<YearFigures> figures;
  bool swapped = false;          // upper and lower stand in each other's columns
  bool may_shift = false;        // at most one of upper and lower is printed: a column may be lost
  bool must_shift = false;       // a column is lost
  bool may_shift_twice = false;  // no heading is printed

  void Set(SheetColumn column, std::string text) { values[static_cast<int>(column)] = std::move(text); }
};

class DerivedPage {
 public:
  explicit DerivedPage(RandomSource& random) : random_(random) {}

  // Chooses the ends of lines and what the columns of the years in `expected` are called.
  void Begin(const ProgressSheet& expected);
  // Before every row: true when it is the first of a page, whose header is printed then.
  bool AdvanceRow();
  // Whether the middle columns of this page have changed places.
  bool swapped() const { return swapped_; }
  void PrintRow(const RowCells& cells);
  // The whole text.
  std::string Finish();

 private:
  // One of the columns right of the headings: a SheetColumn, or the target or the actual of a year.
  struct Column {
    std::string name;
    std::optional<SheetColumn> column;
    int year = 0;
    bool actual = false;
  };

  void NameColumns(const ProgressSheet& expected);
  void PrintHeader();
  static std::string TextOf(const Column& column, const RowCells& cells);
  void PrintLine(const std::vector<std::string>& fields);

  RandomSource& random_;
  std::string text_;
  std::string line_end_;
  std::vector<std::string> levels_;
  std::vector<Column> columns_;  // in the order of this page
  bool upper_everywhere_ = false;
  int rows_left_ = 0;  // on this page
  bool swapped_ = false;
};

}  // namespace seisaku::documents
