#include "tools/policyctl/table.h"

#include <algorithm>
#include <numeric>

#include "services/base/text.h"
#include "services/base/visible.h"

namespace seisaku::policyctl {
namespace {

constexpr int kGap = 2;
constexpr std::string_view kEllipsis = "…";
// A column that may be cut keeps at least so much.
constexpr int kLeastWidth = 8;
constexpr int kWrappedIndent = 2;
constexpr std::string_view kCommand = "  policyctl ";

void TrimRight(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

// Of what each column holds, at its widest.
std::vector<int> WidthsOf(const Table& table, int ambiguous_width) {
  std::vector<int> widths;
  for (const Column& column : table.columns()) widths.push_back(DisplayWidth(column.title, ambiguous_width));
  for (const Table::Line& line : table.lines()) {
    for (size_t i = 0; !line.is_heading && i < widths.size(); ++i)
      widths[i] = std::max(widths[i], DisplayWidth(VisibleLine(line.cells[i]), ambiguous_width));
  }
  return widths;
}

// Where the line that begins `text` ends, at most `columns` wide: behind the last blank or mark of its second
// half, else where it is full.
size_t EndOfLine(std::string_view text, int columns, int ambiguous_width) {
  const size_t full = TruncateToWidth(text, columns, ambiguous_width).size();
  if (full == text.size() || full == 0) return text.size();
  size_t best = 0;
  for (const std::string_view mark : {" ", "、", "。", "／", "：", ")", "）"}) {
    const size_t at = text.substr(0, full).rfind(mark);
    if (at != std::string_view::npos) best = std::max(best, at + mark.size());
  }
  if (best * 2 > full) return best;
  // No line begins with a mark that closes what is before it.
  size_t end = full;
  for (const std::string_view mark : {"、", "。", "）", "」", ")"}) {
    if (!text.substr(full).starts_with(mark)) continue;
    do {
      --end;
    } while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80);
  }
  return end > 0 ? end : full;
}

// How wide the mark is that a line begins with: "*1 ", "注: ", "remark: "; 0: none.
int WidthOfMark(std::string_view text, int ambiguous_width) {
  constexpr int kWidest = 8;
  const size_t blank = text.find(' ');
  if (blank == std::string_view::npos || blank == 0) return 0;
  if (text.front() != '*' && text[blank - 1] != ':') return 0;
  const int width = DisplayWidth(text.substr(0, blank + 1), ambiguous_width);
  return width <= kWidest ? width : 0;
}

class Renderer {
 public:
  Renderer(const Table& table, const TableLayout& layout)
      : table_(table), layout_(layout), widths_(WidthsOf(table, layout.ambiguous_width)) {
    if (layout.terminal_width) FitInto(*layout.terminal_width);
  }

  std::string Render() const {
    std::vector<std::string> titles, rules;
    for (size_t i = 0; i < widths_.size(); ++i) {
      titles.push_back(table_.columns()[i].title);
      rules.emplace_back(widths_[i], '-');
    }
    std::string text = RowLine(titles) + RowLine(rules);
    for (const Table::Line& line : table_.lines())
      text += line.is_heading ? HeadingLine(line) : RowLine(line.cells);
    return text;
  }

 private:
  int Width(std::string_view text) const { return DisplayWidth(text, layout_.ambiguous_width); }

  // Takes what is too much from the widest of the columns that may be cut, one column at a time.
  void FitInto(int terminal_width) {
    int total =
        std::accumulate(widths_.begin(), widths_.end(), kGap * (static_cast<int>(widths_.size()) - 1));
    for (; total > terminal_width; --total) {
      int* widest = nullptr;
      for (size_t i = 0; i < widths_.size(); ++i) {
        if (table_.columns()[i].may_be_cut && widths_[i] > kLeastWidth &&
            (widest == nullptr || widths_[i] > *widest))
          widest = &widths_[i];
      }
      if (widest == nullptr) return;
      --*widest;
    }
  }

  // A line, or as many as the column needs that is wrapped most.
  std::string RowLine(const std::vector<std::string>& cells) const {
    std::vector<std::vector<std::string>> pieces;
    size_t lines = 1;
    for (size_t i = 0; i < widths_.size(); ++i) {
      const std::string cell = VisibleLine(cells[i]);
      if (table_.columns()[i].wraps) {
        pieces.push_back(WrapToWidth(cell, widths_[i], layout_.ambiguous_width));
      } else {
        pieces.push_back({CutToWidth(cell, widths_[i], layout_.ambiguous_width)});
      }
      lines = std::max(lines, pieces.back().size());
    }
    std::string text;
    for (size_t line = 0; line < lines; ++line) {
      std::vector<std::string> shown;
      for (const auto& of_column : pieces) shown.push_back(line < of_column.size() ? of_column[line] : "");
      text += OneLine(shown);
    }
    return text;
  }

  std::string OneLine(const std::vector<std::string>& cells) const {
    std::string line;
    for (size_t i = 0; i < widths_.size(); ++i) {
      if (i > 0) line.append(kGap, ' ');
      const std::string padding(std::max(0, widths_[i] - Width(cells[i])), ' ');
      const bool right = table_.columns()[i].align == Column::Align::kRight;
      line += right ? padding + cells[i] : cells[i] + padding;
    }
    TrimRight(line);
    return line + '\n';
  }

  std::string HeadingLine(const Table::Line& heading) const {
    std::string text = VisibleLine(heading.cells[0]);
    if (layout_.terminal_width)
      text = CutToWidth(text, std::max(kLeastWidth, *layout_.terminal_width - heading.indent),
                        layout_.ambiguous_width);
    std::string line = std::string(heading.indent, ' ') + text;
    TrimRight(line);
    return line + '\n';
  }

  const Table& table_;
  const TableLayout& layout_;
  std::vector<int> widths_;
};

}  // namespace

void Table::AddRow(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  lines_.push_back({.cells = std::move(cells)});
}

void Table::AddHeading(std::string text, int indent) {
  lines_.push_back({.is_heading = true, .indent = indent, .cells = {std::move(text)}});
}

Table Table::With(const std::vector<bool>& kept) const {
  const auto of_kept = [&kept](const auto& all) {
    std::decay_t<decltype(all)> some;
    for (size_t i = 0; i < kept.size(); ++i) {
      if (kept[i]) some.push_back(all[i]);
    }
    return some;
  };
  Table table(of_kept(columns_));
  table.lines_ = lines_;
  for (Line& line : table.lines_) {
    if (!line.is_heading) line.cells = of_kept(line.cells);
  }
  return table;
}

std::vector<std::vector<std::string>> Table::Records() const {
  std::vector<std::vector<std::string>> records(1);
  for (const Column& column : columns_) records[0].push_back(column.title);
  for (const Line& line : lines_) {
    if (!line.is_heading) records.push_back(line.cells);
  }
  return records;
}

Table FactTable(std::string label, std::string content) {
  Column wrapped = {std::move(content), Column::Align::kLeft, true};
  wrapped.wraps = true;
  return Table({{std::move(label)}, std::move(wrapped)});
}

Table Fitting(const Table& table, const TableLayout& layout, std::vector<std::string>& left_out) {
  const std::vector<int> widths = WidthsOf(table, layout.ambiguous_width);
  std::vector<bool> kept(widths.size(), true);
  const auto least = [&] {
    int total = -kGap;
    for (size_t i = 0; i < widths.size(); ++i) {
      if (!kept[i]) continue;
      const Column& column = table.columns()[i];
      total += kGap + (column.may_be_cut ? std::min(widths[i], column.readable_width) : widths[i]);
    }
    return total;
  };
  while (layout.terminal_width && least() > *layout.terminal_width) {
    size_t next = widths.size();
    for (size_t i = 0; i < widths.size(); ++i) {
      const int order = table.columns()[i].left_out;
      if (kept[i] && order > 0 && (next == widths.size() || order < table.columns()[next].left_out)) next = i;
    }
    if (next == widths.size()) break;
    kept[next] = false;
    if (!table.columns()[next].title.empty()) left_out.push_back(table.columns()[next].title);
  }
  return table.With(kept);
}

std::string Render(const Table& table, const TableLayout& layout) { return Renderer(table, layout).Render(); }

std::vector<std::string> WrapToWidth(std::string_view text, int columns, int ambiguous_width) {
  std::vector<std::string> pieces;
  do {
    const size_t end = EndOfLine(text, columns, ambiguous_width);
    std::string piece(text.substr(0, end));
    TrimRight(piece);
    pieces.push_back(std::move(piece));
    text.remove_prefix(end);
    while (text.starts_with(' ')) text.remove_prefix(1);
  } while (!text.empty());
  return pieces;
}

std::string WrapLine(std::string_view text, const TableLayout& layout) {
  if (!layout.terminal_width || text.starts_with(kCommand)) return std::string(text) + '\n';
  const int width = *layout.terminal_width;
  const int mark = WidthOfMark(text, layout.ambiguous_width);
  const int indent = mark > 0 && mark + kLeastWidth <= width ? mark : kWrappedIndent;
  const std::string first = WrapToWidth(text, std::max(kLeastWidth, width), layout.ambiguous_width)[0];
  std::string lines = first + '\n';
  text.remove_prefix(first.size());
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (text.empty()) return lines;
  for (const std::string& piece :
       WrapToWidth(text, std::max(kLeastWidth, width - indent), layout.ambiguous_width))
    lines += std::string(indent, ' ') + piece + '\n';
  return lines;
}

std::string CutToWidth(std::string_view text, int columns, int ambiguous_width) {
  if (DisplayWidth(text, ambiguous_width) <= columns) return std::string(text);
  const int ellipsis = DisplayWidth(kEllipsis, ambiguous_width);
  return std::string(TruncateToWidth(text, std::max(0, columns - ellipsis), ambiguous_width)) +
         std::string(kEllipsis);
}

}  // namespace seisaku::policyctl
