// The header rows of a page of a progress sheet: which column holds what.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "tools/policyctl/documents/finding.h"
#include "tools/policyctl/documents/lines.h"

namespace seisaku::documents {

// What a column right of the headings holds.
enum class SheetColumn {
  kStatus,       // 主な取組及び関連事業の実施状況
  kKpiName,      // 指標名
  kTarget,       // 令和4年度目標値
  kActual,       // 令和4年度実績値
  kLaterTarget,  // 目標値(令和6年度)
  kJudgement,    // 進捗評価
  kDelayReason,  // 進捗が遅れている理由
  kIssues,       // 課題
  kNextSteps,    // 今後の方策等
  kDepartment,   // 担当課
};
inline constexpr size_t kSheetColumns = 10;

struct SheetHeader {
  // The names of the heading levels, highest first; the last one (主な取組) stands left of the status column.
  std::vector<std::string> levels;
  // Index of each SheetColumn in an undamaged row, from 0; and its name as printed.
  std::array<int, kSheetColumns> index{};
  std::array<std::string, kSheetColumns> name;
  int fiscal_year = 0;  // of target and actual
  int later_year = 0;   // of the later target

  int IndexOf(SheetColumn column) const { return index[static_cast<size_t>(column)]; }
  const std::string& NameOf(SheetColumn column) const { return name[static_cast<size_t>(column)]; }
};

// Whether `line` is the header row that names the levels and the KPI columns (指標名, 進捗評価).
bool IsHeaderRow(const Line& line);

// Whether `line`, which stands right above a header row, is its upper half (基本情報 … 担当課): few cells,
// none of them a value or a judgement.
bool IsUpperHeaderRow(const Line& line);

// Reads the header row `lower`; `upper` is the row above it or null. 担当課 may stand in either: in the upper
// one it belongs to the column after the last one that the lower row names (spans are printed unreliably).
// nullopt, with HEADER_INCOMPLETE findings: a column is missing or names no year.
std::optional<SheetHeader> ReadSheetHeader(const Line* upper, const Line& lower,
                                           std::vector<Finding>& findings);

}  // namespace seisaku::documents
