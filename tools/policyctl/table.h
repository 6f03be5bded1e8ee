// Tables for a terminal that shows Japanese.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seisaku::policyctl {

struct Column {
  std::string title;
  enum class Align { kLeft, kRight } align = Align::kLeft;
  // May be cut, with an ellipsis, where the terminal is too narrow for everything.
  bool may_be_cut = false;
  // Where that is not enough, is left out: 1 first, then 2 …; 0: never.
  int left_out = 0;
  // Before it is cut to less than this, other columns are left out.
  int readable_width = 20;
  // Is wrapped, to more lines of its row, instead of cut; of a column that may be cut.
  bool wraps = false;
};

// Rows and, between them, headings that run over all columns.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as columns; missing ones at the end are empty.
  void AddRow(std::vector<std::string> cells);
  // A line of its own, `indent` columns in.
  void AddHeading(std::string text, int indent = 0);

  struct Line {
    bool is_heading = false;
    int indent = 0;                  // of a heading
    std::vector<std::string> cells;  // of a row, as many as columns; of a heading one
  };
  const std::vector<Column>& columns() const { return columns_; }
  const std::vector<Line>& lines() const { return lines_; }

  // The same without the columns for which `kept`, as many as columns, says false.
  Table With(const std::vector<bool>& kept) const;

  // The header and the rows, without headings: what a CSV file has.
  std::vector<std::vector<std::string>> Records() const;

 private:
  std::vector<Column> columns_;
  std::vector<Line> lines_;
};

// An empty table of facts: what each is called, and its content, which is wrapped.
Table FactTable(std::string label, std::string content);

struct TableLayout {
  std::optional<int> terminal_width;  // nullopt: not a terminal, nothing is cut
  int ambiguous_width = 1;            // of ①※○ and the like
};

// The table without the columns that have to be left out for the others to fit; those that are cut keep a
// readable width. Their titles, if they have one, are added to `left_out`.
Table Fitting(const Table& table, const TableLayout& layout, std::vector<std::string>& left_out);

// The table as lines that end with '\n' and have no trailing spaces: header, a rule, rows. Cells are two
// columns apart. A control character in a cell is shown as a space.
std::string Render(const Table& table, const TableLayout& layout);

// `text` in pieces that are at most `columns` wide, at least one. A piece ends where a blank is or at a mark
// such as 、, if one is near its end.
std::vector<std::string> WrapToWidth(std::string_view text, int columns, int ambiguous_width);

// One line of words as lines that are no wider than the terminal, each ended by '\n', wrapped as WrapToWidth
// does. Those behind the first stand behind the mark that it begins with ("*1 ", "注: "), else two columns
// in. A command to be copied ("  policyctl …") stays one line.
std::string WrapLine(std::string_view text, const TableLayout& layout);

// `text` in at most `columns`, the last of them … where something was cut.
std::string CutToWidth(std::string_view text, int columns, int ambiguous_width);

}  // namespace seisaku::policyctl
