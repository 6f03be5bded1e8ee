#include "tests/support/documents/derived_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "services/base/period.h"
#include "tests/support/documents/derived_cells.h"

namespace seisaku::documents {

void DerivedPage::Begin(ProgressSheet& expected) {
  expected.fiscal_year = random_.Between(2019, 2040);
  expected.later_year = expected.fiscal_year + random_.Between(1, 6);
  expected.levels =
      random_.Pick<std::vector<std::string>>({{"大基本目標", "小基本目標", "具体的な施策", "主な取組"},
                                              {"政策の柱", "基本施策", "個別施策", "事務事業"}});
  levels_ = expected.levels;
  const std::string year = FiscalYearName(expected.fiscal_year);
  const std::string later = FiscalYearName(expected.later_year);
  const std::string printed_year = random_.Chance(20) ? ToFullWidth(year) : year;
  const std::string names[kSheetColumns] = {"主な取組及び関連事業の実施状況",
                                            "指標名",
                                            printed_year + "目標値",
                                            printed_year + "実績値",
                                            random_.Chance(70) ? "目標値(" + later + ")" : later + "目標値",
                                            "進捗評価",
                                            "進捗が遅れている理由",
                                            "課題",
                                            "今後の方策等",
                                            "担当課"};
  std::copy(std::begin(names), std::end(names), std::begin(names_));
  line_end_ = random_.Chance(40) ? "\r\n" : "\n";
  if (random_.Chance(40)) text_ = "\xEF\xBB\xBF";
  for (int blank = random_.Below(3); blank > 0; --blank) PrintLine({""});
  if (random_.Chance(30)) PrintLine({"総合戦略の進捗状況"});
}

bool DerivedPage::AdvanceRow() {
  if (rows_left_-- > 0) return false;
  rows_left_ = random_.Between(0, 9);
  swapped_ = random_.Chance(40);
  PrintHeader();
  return true;
}

void DerivedPage::PrintHeader() {
  if (!text_.ends_with("\xBF")) PrintLine({""});
  order_ = {SheetColumn::kKpiName, SheetColumn::kTarget, SheetColumn::kActual, SheetColumn::kLaterTarget};
  if (random_.Chance(30)) random_.Shuffle(order_);
  order_.insert(order_.begin(), SheetColumn::kStatus);
  for (SheetColumn column :
       {SheetColumn::kJudgement, SheetColumn::kDelayReason, SheetColumn::kIssues, SheetColumn::kNextSteps}) {
    order_.push_back(column);
  }
  std::vector<std::string> lower = levels_;
  for (SheetColumn column : order_) lower.push_back(names_[static_cast<int>(column)]);
  order_.push_back(SheetColumn::kDepartment);
  std::vector<std::string> upper(lower.size() + (random_.Chance(50) ? 1 : 0));
  upper[0] = "基本情報";
  upper[static_cast<size_t>(random_.Between(2, 3))] = "取組内容";
  upper[static_cast<size_t>(random_.Between(5, 6))] = "KPIの達成状況";
  const bool in_lower = random_.Chance(30);
  if (in_lower) {
    lower.push_back("担当課");
  } else {
    // The span of the cell above is unreliable: the last column, or the one before it.
    upper.back() = "担当課";
    if (random_.Chance(50)) lower.emplace_back();
  }
  if (!in_lower || random_.Chance(70)) PrintLine(upper);
  PrintLine(lower);
}

void DerivedPage::PrintRow(const RowCells& cells) {
  std::vector<std::string> headings = {cells.goal, cells.upper, cells.lower};
  if (cells.swapped) std::swap(headings[1], headings[2]);
  const bool twice = cells.may_shift_twice && random_.Chance(10);
  const bool shift = cells.must_shift || (cells.may_shift && random_.Chance(60));
  if (twice) {
    headings = {""};
  } else if (shift) {
    headings = {cells.goal, cells.upper.empty() ? cells.lower : cells.upper};
  } else if (random_.Chance(5)) {
    headings.emplace_back();  // one cell too many
  }
  std::vector<std::string> fields = headings;
  fields.push_back(cells.action);
  for (SheetColumn column : order_) fields.push_back(cells.values[static_cast<int>(column)]);
  for (int padding = random_.Below(3); padding > 0; --padding) fields.emplace_back();
  PrintLine(fields);
}

void DerivedPage::PrintLine(const std::vector<std::string>& fields) {
  text_ += fmt::format("{}{}", fmt::join(fields, "\t"), line_end_);
}

std::string DerivedPage::Finish() {
  for (int blank = random_.Below(3); blank > 0; --blank) PrintLine({""});
  return std::move(text_);
}

}  // namespace seisaku::documents
