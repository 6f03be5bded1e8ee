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
  kJudgement,    // 進捗評価
  kDelayReason,  // 進捗が遅れている理由
  kIssues,       // 課題
  kNextSteps,    // 今後の方策等
  kDepartment,   // 担当課
};
inline constexpr size_t kSheetColumns = 7;

// A column that a sheet may have besides.
enum class OptionalColumn {
  kUnit,       // 単位
  kDirection,  // 向き, 目指す方向
};
inline constexpr size_t kOptionalColumns = 2;

// A column of one year's targets (令和4年度目標値, 目標値(令和6年度)) or actuals (令和4年度実績値).
struct FigureColumn {
  int year = 0;
  bool actual = false;
  int index = 0;
  std::string name;  // as printed
};

// A year that a sheet has columns for.
struct YearColumns {
  int year = 0;
  bool target = false;
  bool actual = false;
  bool operator==(const YearColumns&) const = default;
};

struct SheetHeader {
  // The names of the heading levels, highest first: what stands left of the other columns. The last one is
  // 主な取組.
  std::vector<std::string> levels;
  // Index of each SheetColumn in an undamaged row, from 0; and its name as printed.
  std::array<int, kSheetColumns> index{};
  std::array<std::string, kSheetColumns> name;
  // The same of each OptionalColumn; -1 where there is none.
  std::array<int, kOptionalColumns> optional_index{};
  std::array<std::string, kOptionalColumns> optional_name;
  std::vector<FigureColumn> figures;  // by year, the target first
  int last_index = 0;                 // of the last column, one that is not read included
  int judgement_year = 0;  // that the judgement's column names (令和4年度進捗評価); 0 for none
  int fiscal_year = 0;     // that is judged; set by who decides it (judged_year.h)

  int IndexOf(SheetColumn column) const { return index[static_cast<size_t>(column)]; }
  const std::string& NameOf(SheetColumn column) const { return name[static_cast<size_t>(column)]; }
  const FigureColumn* Find(int year, bool actual) const;
  std::vector<YearColumns> Years() const;
};

// Whether `line` is the header row that names the levels and the KPI columns (指標名, 進捗評価).
bool IsHeaderRow(const Line& line);

// Whether `line`, which stands right above a header row, may be its upper half (基本情報 … 担当課): few
// cells, none of them a value, a dash or a judgement. A row that has lost most of its cells may look like
// that too.
bool MayBeUpperHeaderRow(const Line& line);
// Whether `line` names a column, as no row does.
bool NamesDepartment(const Line& line);

// Reads the header row `lower`; `upper` is the row above it or null. 担当課 may stand in either: in the upper
// one it belongs to the column after the last one that the lower row names (spans are printed unreliably).
// The levels end where a column is called like none of them (予算額). A column that is none of those is
// COLUMN_IGNORED.
// nullopt, with findings: HEADER_INCOMPLETE (a column is missing), COLUMN_UNCLEAR (targets or actuals of no
// year), COLUMN_TWICE (two columns of the same).
std::optional<SheetHeader> ReadSheetHeader(const Line* upper, const Line& lower,
                                           std::vector<Finding>& findings);

}  // namespace seisaku::documents
