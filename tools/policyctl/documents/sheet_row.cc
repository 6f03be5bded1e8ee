#include "tools/policyctl/documents/sheet_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/finding_code.h"

namespace seisaku::documents {

namespace {

class Alignment {
 public:
  Alignment(const SheetHeader& header, const Line& line, std::vector<Finding>& findings)
      : header_(header), line_(line), findings_(findings) {
    row_.line = line.number;
  }

  std::optional<SheetRow> Align() && {
    if (!FindAnchor() || !CheckWidth()) return std::nullopt;
    for (size_t column = 0; column < kSheetColumns; ++column) {
      row_.cells[column] = CellAt(header_.index[column] - shift_, header_.name[column]);
    }
    const int action = header_.IndexOf(SheetColumn::kStatus) - 1 - shift_;
    row_.action = CellAt(action, header_.levels.back());
    if (!ReadHeadings(action)) return std::nullopt;
    if (shift_ != 0) {
      Note(finding_code::kShifted, row_.At(SheetColumn::kJudgement),
           shift_ > 0
               ? InBothLanguages(fmt::format("左へ{}列", shift_), fmt::format("{} to the left", shift_))
               : InBothLanguages(fmt::format("右へ{}列", -shift_), fmt::format("{} to the right", -shift_)));
    }
    return std::move(row_);
  }

 private:
  void Note(std::string_view code, const SourceCell& cell, std::string_view made) {
    findings_.push_back(MakeFinding(code, cell, made));
  }

  int Fields() const { return static_cast<int>(line_.fields.size()); }

  int LastPrinted() const {
    int last = Fields() - 1;
    while (last >= 0 && Trim(line_.fields[static_cast<size_t>(last)]).empty()) --last;
    return last;
  }

  SourceCell CellAt(int index, const std::string& name) const {
    SourceCell cell = {line_.number, index + 1, name, ""};
    if (index >= 0 && index < Fields()) cell.printed = line_.fields[static_cast<size_t>(index)];
    return cell;
  }

  bool FindAnchor() {
    const int expected = header_.IndexOf(SheetColumn::kJudgement);
    const std::string& name = header_.NameOf(SheetColumn::kJudgement);
    int found = -1;
    for (int i = 0; i < Fields(); ++i) {
      const std::optional<PrintedJudgement> judgement = ParseJudgement(line_.fields[static_cast<size_t>(i)]);
      if (!judgement) continue;
      if (found >= 0) {
        Note(finding_code::kJudgementUnknown, CellAt(i, name), JudgementVocabulary());
        return false;
      }
      found = i;
      row_.judgement = *judgement;
    }
    shift_ = expected - found;
    if (found >= 0) return true;
    if (LastPrinted() < expected) {
      Note(finding_code::kRowTruncated,
           {.line = line_.number, .printed = fmt::format("{}", fmt::join(line_.fields, "\t"))}, name);
    } else {
      Note(finding_code::kJudgementUnknown, CellAt(expected, name), JudgementVocabulary());
    }
    return false;
  }

  // The department's field may be missing, as an editor trims it; nothing may stand after the last column.
  bool CheckWidth() {
    const int action = header_.IndexOf(SheetColumn::kStatus) - 1 - shift_;
    if (action < 0) {
      Note(finding_code::kRowMisaligned, CellAt(header_.IndexOf(SheetColumn::kJudgement) - shift_, ""),
           InBothLanguages(fmt::format("「{}」の列がありません", header_.levels.back()),
                           fmt::format("no cell is left for {}", header_.levels.back())));
      return false;
    }
    int last = 0;
    for (size_t column = 0; column < kSheetColumns; ++column) {
      last = std::max(last, header_.index[column]);
      const bool may_be_missing = column == static_cast<size_t>(SheetColumn::kDepartment);
      if (may_be_missing || header_.index[column] - shift_ < Fields()) continue;
      Note(finding_code::kRowTruncated, CellAt(header_.index[column] - shift_, header_.name[column]),
           header_.name[column]);
      return false;
    }
    for (int i = last - shift_ + 1; i < Fields(); ++i) {
      if (Trim(line_.fields[static_cast<size_t>(i)]).empty()) continue;
      Note(finding_code::kRowMisaligned, CellAt(i, ""),
           InBothLanguages("最後の列より後にあります", "it stands after the last column"));
      return false;
    }
    return true;
  }

  bool ReadHeadings(int action) {
    const size_t levels = header_.levels.size() - 1;
    for (int i = 0; i < action; ++i) {
      const size_t level = std::min(static_cast<size_t>(i), levels - 1);
      row_.headings.push_back(CellAt(i, header_.levels[level]));
    }
    row_.lost_headings = std::max(shift_, 0);
    // Cells too many: only empty ones can be dropped, and never the first.
    for (size_t i = row_.headings.size(); i-- > 1 && row_.headings.size() > levels;) {
      if (Trim(row_.headings[i].printed).empty())
        row_.headings.erase(row_.headings.begin() + static_cast<int>(i));
    }
    if (row_.headings.size() <= levels) return true;
    Note(finding_code::kRowMisaligned, row_.headings.back(),
         InBothLanguages("見出しの列が多すぎます", "too many heading cells"));
    return false;
  }

  const SheetHeader& header_;
  const Line& line_;
  std::vector<Finding>& findings_;
  SheetRow row_;
  int shift_ = 0;  // columns that the row has lost (> 0) or has too many (< 0)
};

}  // namespace

std::optional<SheetRow> AlignRow(const SheetHeader& header, const Line& line,
                                 std::vector<Finding>& findings) {
  return Alignment(header, line, findings).Align();
}

}  // namespace seisaku::documents
