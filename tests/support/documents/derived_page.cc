#include "tests/support/documents/derived_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "services/base/period.h"
#include "tests/support/documents/derived_cells.h"

namespace seisaku::documents {

void DerivedPage::Begin(const ProgressSheet& expected) {
  levels_ = expected.levels;
  NameColumns(expected);
  upper_everywhere_ = random_.Chance(70);
  line_end_ = random_.Chance(40) ? "\r\n" : "\n";
  if (random_.Chance(40)) text_ = "\xEF\xBB\xBF";
  for (int blank = random_.Below(3); blank > 0; --blank) PrintLine({""});
  // Where several years have actuals, the title or the judgement's column says which one is judged.
  const auto actuals = std::count_if(expected.years.begin(), expected.years.end(),
                                     [](const YearColumns& year) { return year.actual; });
  Column& judgement = *std::find_if(columns_.begin(), columns_.end(), [](const Column& column) {
    return column.column == SheetColumn::kJudgement;
  });
  const std::string year = FiscalYearName(expected.fiscal_year);
  const bool by_title = actuals > 1 && random_.Chance(50);
  if (by_title) {
    PrintLine({random_.Pick<std::string>(
                   {PrintFiscalYear(random_, expected.fiscal_year), ToFullWidth(year), "（" + year + "）"}) +
               "総合戦略の進捗状況"});
  } else if (random_.Chance(30)) {
    PrintLine({"総合戦略の進捗状況"});
  }
  if (!by_title && (actuals > 1 || random_.Chance(10))) {
    judgement.name = random_.Chance(50) ? year + "進捗評価" : "進捗評価（" + year + "）";
  }
}

void DerivedPage::NameColumns(const ProgressSheet& expected) {
  columns_ = {{"主な取組及び関連事業の実施状況", SheetColumn::kStatus}, {"指標名", SheetColumn::kKpiName}};
  for (const YearColumns& columns : expected.years) {
    for (const bool actual : {false, true}) {
      if (!(actual ? columns.actual : columns.target)) continue;
      const std::string word = actual ? "実績値" : "目標値";
      const std::string name = PrintFiscalYear(random_, columns.year);
      const std::string year = random_.Chance(20) ? ToFullWidth(name) : name;
      columns_.push_back(
          {random_.Chance(70) ? year + word : word + "(" + year + ")", std::nullopt, columns.year, actual});
    }
  }
  for (const auto& [name, column] : {std::pair{"進捗評価", SheetColumn::kJudgement},
                                     {"進捗が遅れている理由", SheetColumn::kDelayReason},
                                     {"課題", SheetColumn::kIssues},
                                     {"今後の方策等", SheetColumn::kNextSteps}}) {
    columns_.push_back({name, column});
  }
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
  if (random_.Chance(30)) {
    // Between the status and the judgement.
    const auto first = columns_.begin() + 1;
    std::vector<Column> between(first, columns_.end() - 4);
    random_.Shuffle(between);
    std::copy(between.begin(), between.end(), first);
  }
  std::vector<std::string> lower = levels_;
  for (const Column& column : columns_) lower.push_back(column.name);
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
  if (!in_lower || upper_everywhere_) PrintLine(upper);
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
  for (const Column& column : columns_) fields.push_back(TextOf(column, cells));
  fields.push_back(cells.values[static_cast<int>(SheetColumn::kDepartment)]);
  for (int padding = random_.Below(3); padding > 0; --padding) fields.emplace_back();
  PrintLine(fields);
}

std::string DerivedPage::TextOf(const Column& column, const RowCells& cells) {
  if (column.column) return cells.values[static_cast<int>(*column.column)];
  for (const YearFigures& year : cells.figures) {
    if (year.year == column.year) return (column.actual ? year.actual : year.target)->source.printed;
  }
  return "";
}

void DerivedPage::PrintLine(const std::vector<std::string>& fields) {
  text_ += fmt::format("{}{}", fmt::join(fields, "\t"), line_end_);
}

std::string DerivedPage::Finish() {
  for (int blank = random_.Below(3); blank > 0; --blank) PrintLine({""});
  return std::move(text_);
}

}  // namespace seisaku::documents
