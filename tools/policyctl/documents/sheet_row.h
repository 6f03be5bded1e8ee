// One data row of a progress sheet, put back under its columns.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "tools/policyctl/documents/finding.h"
#include "tools/policyctl/documents/judgement.h"
#include "tools/policyctl/documents/lines.h"
#include "tools/policyctl/documents/sheet_header.h"

namespace seisaku::documents {

struct FigureCell {
  int year = 0;
  bool actual = false;  // else a target
  SourceCell cell;
};

struct SheetRow {
  int line = 0;
  int fiscal_year = 0;  // that is judged
  // The cells left of 主な取組, as many as are printed: fewer than there are levels when `lost_headings` > 0.
  std::vector<SourceCell> headings;
  int lost_headings = 0;
  SourceCell action;  // 主な取組
  SourceCell cells[kSheetColumns];
  std::array<std::optional<SourceCell>, kOptionalColumns> optional_cells;  // where there is such a column
  std::vector<FigureCell> figures;                                         // by year, the target first
  PrintedJudgement judgement;
  bool judgement_unknown = false;  // it cannot be read: the row tells its headings and its KPI's name only

  const std::optional<SourceCell>& At(OptionalColumn column) const {
    return optional_cells[static_cast<size_t>(column)];
  }
  const SourceCell& At(SheetColumn column) const { return cells[static_cast<int>(column)]; }
};

// Aligns `line` by its judgement cell, the only one with a closed vocabulary: every column from 主な取組 on
// keeps its distance from it, so that a row that has lost cells (or has empty ones too many) has lost them
// among its headings. SHIFTED tells of it. An empty field after the last column is padding; a missing last
// field is blank. Another cell may read like a judgement too; the judgement is the one with which the other
// cells of the row fit their columns.
// A judgement that cannot be read is JUDGEMENT_UNKNOWN: the row is lined up by what else fits its columns,
// and of several such places by the cell that is most like a judgement. nullopt, with a fatal finding:
// JUDGEMENT_UNKNOWN where no place fits, JUDGEMENT_AMBIGUOUS (several, and more than one or none of them
// fits), ROW_TRUNCATED, ROW_MISALIGNED.
std::optional<SheetRow> AlignRow(const SheetHeader& header, const Line& line, std::vector<Finding>& findings);

}  // namespace seisaku::documents
