#include "tools/policyctl/documents/sheet_header.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "services/base/period.h"
#include "services/base/quantity.h"
#include "services/base/text.h"
#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/finding_code.h"
#include "tools/policyctl/documents/judgement.h"

namespace seisaku::documents {

namespace {

constexpr std::array<std::string_view, kSheetColumns> kExpectedNames = {
    "実施状況",       "指標名", "令和○年度目標値", "令和○年度実績値", "目標値(令和○年度)", "進捗評価",
    "遅れている理由", "課題",   "今後の方策等",    "担当課"};

// The fiscal year that a column's name gives beside `word`: "令和4年度目標値" or "目標値(令和6年度)".
std::optional<int> YearBeside(std::string_view key, std::string_view word) {
  const size_t at = key.find(word);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view before = key.substr(0, at);
  std::string_view after = key.substr(at + word.size());
  if (after.size() >= 2 && after.front() == '(' && after.back() == ')') {
    after = after.substr(1, after.size() - 2);
  }
  const std::optional<ObservedPeriod> period = ParseObservedPeriod(before.empty() ? after : before);
  if (!period || period->kind != ObservedPeriod::Kind::kFiscalYear) return std::nullopt;
  return period->year;
}

// What the column called `key` holds, but for the targets, which need the year.
std::optional<SheetColumn> ColumnNamed(std::string_view key) {
  if (Contains(key, "実施状況")) return SheetColumn::kStatus;
  if (key == "指標名" || key == "指標") return SheetColumn::kKpiName;
  if (Contains(key, "実績値")) return SheetColumn::kActual;
  if (key == "進捗評価") return SheetColumn::kJudgement;
  if (Contains(key, "遅れ") && Contains(key, "理由")) return SheetColumn::kDelayReason;
  if (key == "課題") return SheetColumn::kIssues;
  if (Contains(key, "方策")) return SheetColumn::kNextSteps;
  if (key == "担当課" || key == "担当部署") return SheetColumn::kDepartment;
  return std::nullopt;
}

class HeaderReading {
 public:
  HeaderReading(const Line* upper, const Line& lower) : upper_(upper), lower_(lower) {
    std::fill(std::begin(header_.index), std::end(header_.index), -1);
  }

  std::optional<SheetHeader> Read(std::vector<Finding>& findings) && {
    for (size_t i = 0; i < lower_.fields.size(); ++i) Place(static_cast<int>(i));
    PlaceTargets();
    PlaceDepartment();
    ReadLevels();
    bool complete = true;
    for (size_t column = 0; column < kSheetColumns; ++column) {
      if (header_.index[column] >= 0) continue;
      complete = false;
      findings.push_back(
          MakeFinding(finding_code::kHeaderIncomplete, {.line = lower_.number}, kExpectedNames[column]));
    }
    if (complete && header_.levels.size() < 2) {
      complete = false;
      findings.push_back(
          MakeFinding(finding_code::kHeaderIncomplete, {.line = lower_.number}, "基本目標, 主な取組"));
    }
    if (!complete) return std::nullopt;
    return header_;
  }

 private:
  void Set(SheetColumn column, int index, std::string_view printed) {
    const auto at = static_cast<size_t>(column);
    if (header_.index[at] >= 0) return;
    header_.index[at] = index;
    header_.name[at] = std::string(Trim(printed));
  }

  void Place(int index) {
    const std::string& printed = lower_.fields[static_cast<size_t>(index)];
    const std::string key = SearchKey(printed);
    if (key.empty()) return;
    last_named_ = index;
    const std::optional<SheetColumn> column = ColumnNamed(key);
    if (column == SheetColumn::kActual) {
      const std::optional<int> year = YearBeside(key, "実績値");
      if (!year || header_.fiscal_year != 0) return;
      header_.fiscal_year = *year;
    }
    if (column) {
      Set(*column, index, printed);
    } else if (const auto year = YearBeside(key, "目標値")) {
      targets_.emplace_back(*year, index);
    }
  }

  // 目標値 stands in two columns: the one of the actual's year is the year's, the other one the later.
  void PlaceTargets() {
    if (targets_.empty()) return;
    // Without an actual the header is refused, but not for want of its targets: the earliest is taken for the
    // year's.
    const int this_year = header_.fiscal_year != 0
                              ? header_.fiscal_year
                              : std::min_element(targets_.begin(), targets_.end())->first;
    for (const auto& [year, index] : targets_) {
      const bool later = year != this_year;
      if (later) header_.later_year = year;
      Set(later ? SheetColumn::kLaterTarget : SheetColumn::kTarget, index,
          lower_.fields[static_cast<size_t>(index)]);
    }
  }

  void PlaceDepartment() {
    if (header_.IndexOf(SheetColumn::kDepartment) >= 0 || upper_ == nullptr) return;
    for (const std::string& printed : upper_->fields) {
      if (ColumnNamed(SearchKey(printed)) != SheetColumn::kDepartment) continue;
      Set(SheetColumn::kDepartment, last_named_ + 1, printed);
    }
  }

  void ReadLevels() {
    const int status = header_.IndexOf(SheetColumn::kStatus);
    for (int i = 0; i < status; ++i) {
      header_.levels.emplace_back(Trim(lower_.fields[static_cast<size_t>(i)]));
    }
  }

  const Line* upper_;
  const Line& lower_;
  SheetHeader header_;
  std::vector<std::pair<int, int>> targets_;  // year, index
  int last_named_ = -1;
};

}  // namespace

bool IsHeaderRow(const Line& line) {
  bool kpi_name = false;
  bool judgement = false;
  for (const std::string& field : line.fields) {
    const std::optional<SheetColumn> column = ColumnNamed(SearchKey(field));
    kpi_name = kpi_name || column == SheetColumn::kKpiName;
    judgement = judgement || column == SheetColumn::kJudgement;
  }
  return kpi_name && judgement;
}

bool IsUpperHeaderRow(const Line& line) {
  size_t printed = 0;
  for (const std::string& field : line.fields) {
    if (Trim(field).empty()) continue;
    ++printed;
    const auto quantity = ParseQuantity(ToHalfWidthAscii(Trim(field)));
    if (!quantity.ok() || *quantity || ParseJudgement(field)) return false;
  }
  return printed > 0 && printed * 2 <= line.fields.size();
}

std::optional<SheetHeader> ReadSheetHeader(const Line* upper, const Line& lower,
                                           std::vector<Finding>& findings) {
  return HeaderReading(upper, lower).Read(findings);
}

}  // namespace seisaku::documents
