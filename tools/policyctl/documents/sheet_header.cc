#include "tools/policyctl/documents/sheet_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>
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
    "実施状況", "指標名", "進捗評価", "遅れている理由", "課題", "今後の方策等", "担当課"};

constexpr std::string_view kJudgementWord = "進捗評価";

bool TakeSuffix(std::string_view suffix, std::string_view* text) {
  if (!text->ends_with(suffix)) return false;
  text->remove_suffix(suffix.size());
  return true;
}

bool IsBracketed(std::string_view text) {
  return text.size() >= 2 && text.front() == '(' && text.back() == ')';
}

// "令和4年度", "(R4)", "令和4年度末".
std::optional<int> YearIn(std::string_view text) {
  if (IsBracketed(text)) text = text.substr(1, text.size() - 2);
  TakeSuffix("末", &text);
  const absl::StatusOr<int> year = ParseFiscalYear(text);
  return year.ok() ? std::optional(*year) : std::nullopt;
}

// The fiscal year that a column's name gives beside `word`: "令和4年度目標値", "令和4年度末の目標",
// "令和8年度(最終目標値)" or "最終目標値(令和8年度)". nullopt: none, one on each side, or something that is
// neither a year nor a remark in brackets: 令和4年度目標値達成率.
std::optional<int> YearBeside(std::string_view key, std::string_view word) {
  const size_t at = key.find(word);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view before = key.substr(0, at);
  std::string_view after = key.substr(at + word.size());
  for (const std::string_view stage : {"中間", "最終"}) TakeSuffix(stage, &before);
  if (after.starts_with(')') && TakeSuffix("(", &before)) after.remove_prefix(1);
  TakeSuffix("の", &before);
  const std::optional<int> year_after = YearIn(after);
  if (before.empty()) return year_after;
  const bool is_remark =
      after.empty() || IsBracketed(after) || after.starts_with("※") || after.starts_with('*');
  return year_after || !is_remark ? std::nullopt : YearIn(before);
}

// One year's targets or one year's actuals.
struct FiguresNamed {
  bool actual = false;
  int year = 0;
};

// nullopt: the column holds no figures, or does not say of which year.
std::optional<FiguresNamed> FiguresOf(std::string_view key) {
  const bool target = Contains(key, "目標");
  if (target == Contains(key, "実績")) return std::nullopt;
  const std::string_view word = target ? "目標" : "実績";
  const std::string with_value = fmt::format("{}値", word);
  const std::optional<int> year = YearBeside(key, Contains(key, with_value) ? with_value : word);
  return year ? std::optional(FiguresNamed{!target, *year}) : std::nullopt;
}

// What speaks of targets and holds none: 目標達成率, 目標値の設定根拠.
bool IsAboutFigures(std::string_view key) {
  constexpr std::array<std::string_view, 7> kWords = {"達成", "設定",   "根拠",    "理由",
                                                      "推移", "考え方", "に対する"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [key](std::string_view word) { return Contains(key, word); });
}

// What the column called `key` holds, but for targets and actuals.
std::optional<SheetColumn> ColumnNamed(std::string_view key) {
  if (Contains(key, "実施状況")) return SheetColumn::kStatus;
  if (key == "指標名" || key == "指標") return SheetColumn::kKpiName;
  if (key == kJudgementWord || YearBeside(key, kJudgementWord)) return SheetColumn::kJudgement;
  if (Contains(key, "遅れ") && Contains(key, "理由")) return SheetColumn::kDelayReason;
  if (key == "課題") return SheetColumn::kIssues;
  if (Contains(key, "方策")) return SheetColumn::kNextSteps;
  if (key == "担当課" || key == "担当部署") return SheetColumn::kDepartment;
  return std::nullopt;
}

std::optional<OptionalColumn> OptionalColumnNamed(std::string_view key) {
  constexpr std::array<std::string_view, 9> kDirections = {"向き",       "方向",         "方向性",
                                                           "目指す方向", "目指す方向性", "目標の方向",
                                                           "目標方向",   "指標の方向",   "指標の向き"};
  if (key == "単位") return OptionalColumn::kUnit;
  if (std::find(kDirections.begin(), kDirections.end(), key) != kDirections.end()) {
    return OptionalColumn::kDirection;
  }
  return std::nullopt;
}

// What no level of headings is called.
bool IsNoLevel(std::string_view key) {
  constexpr std::array<std::string_view, 12> kWords = {"予算",   "決算",     "事業費", "備考",
                                                       "基準値", "現状値",   "所管",   "担当",
                                                       "単位",   "設定根拠", "出典",   "算出"};
  return OptionalColumnNamed(key) || std::any_of(kWords.begin(), kWords.end(), [key](std::string_view word) {
           return Contains(key, word);
         });
}

// 基本目標 is a level.
bool HoldsFigures(std::string_view key) {
  return Contains(key, "目標値") || Contains(key, "実績値") || FiguresOf(key).has_value();
}

class HeaderReading {
 public:
  HeaderReading(const Line* upper, const Line& lower, std::vector<Finding>& findings)
      : upper_(upper), lower_(lower), findings_(findings) {
    std::fill(std::begin(header_.index), std::end(header_.index), -1);
    std::fill(std::begin(header_.optional_index), std::end(header_.optional_index), -1);
  }

  std::optional<SheetHeader> Read() && {
    ReadLevels();
    for (size_t i = header_.levels.size(); i < lower_.fields.size(); ++i) Place(static_cast<int>(i));
    std::sort(header_.figures.begin(), header_.figures.end(), [](const auto& a, const auto& b) {
      return std::tie(a.year, a.actual) < std::tie(b.year, b.actual);
    });
    PlaceDepartment();
    header_.last_index = std::max(last_named_, header_.IndexOf(SheetColumn::kDepartment));
    CheckComplete();
    if (refused_) return std::nullopt;
    return std::move(header_);
  }

 private:
  void Refuse(std::string_view code, const SourceCell& cell, std::string_view made) {
    refused_ = true;
    findings_.push_back(MakeFinding(code, cell, made));
  }

  SourceCell CellAt(int index) const {
    const std::string& printed = lower_.fields[static_cast<size_t>(index)];
    return {lower_.number, index + 1, "", std::string(Trim(printed))};
  }

  void ReadLevels() {
    for (const std::string& printed : lower_.fields) {
      const std::string key = SearchKey(printed);
      if (ColumnNamed(key) || HoldsFigures(key) || IsNoLevel(key)) return;
      header_.levels.emplace_back(Trim(printed));
    }
  }

  void Place(int index) {
    const SourceCell cell = CellAt(index);
    const std::string key = SearchKey(cell.printed);
    if (key.empty()) return;
    last_named_ = index;
    if (const std::optional<SheetColumn> column = ColumnNamed(key)) {
      if (column == SheetColumn::kJudgement)
        header_.judgement_year = YearBeside(key, kJudgementWord).value_or(0);
      Set(*column, cell);
    } else if (const auto optional = OptionalColumnNamed(key)) {
      const auto at = static_cast<size_t>(*optional);
      if (header_.optional_index[at] >= 0) {
        return Refuse(finding_code::kColumnTwice, cell, header_.optional_name[at]);
      }
      header_.optional_index[at] = index;
      header_.optional_name[at] = cell.printed;
    } else if ((Contains(key, "目標") || Contains(key, "実績")) && !IsAboutFigures(key)) {
      PlaceFigures(key, cell);
    } else {
      findings_.push_back(MakeFinding(finding_code::kColumnIgnored, cell, ""));
    }
  }

  void Set(SheetColumn column, const SourceCell& cell) {
    const auto at = static_cast<size_t>(column);
    if (header_.index[at] >= 0) return Refuse(finding_code::kColumnTwice, cell, header_.name[at]);
    header_.index[at] = cell.column - 1;
    header_.name[at] = cell.printed;
  }

  // Each is one year's target or one year's actual.
  void PlaceFigures(std::string_view key, const SourceCell& cell) {
    const std::optional<FiguresNamed> named = FiguresOf(key);
    if (!named) {
      return Refuse(finding_code::kColumnUnclear, cell,
                    Contains(key, "実績") ? "令和4年度実績値" : "令和4年度目標値");
    }
    if (const FigureColumn* same = header_.Find(named->year, named->actual)) {
      return Refuse(finding_code::kColumnTwice, cell, same->name);
    }
    header_.figures.push_back({named->year, named->actual, cell.column - 1, cell.printed});
  }

  void PlaceDepartment() {
    if (header_.IndexOf(SheetColumn::kDepartment) >= 0 || upper_ == nullptr) return;
    for (const std::string& printed : upper_->fields) {
      if (ColumnNamed(SearchKey(printed)) != SheetColumn::kDepartment) continue;
      const auto at = static_cast<size_t>(SheetColumn::kDepartment);
      header_.index[at] = last_named_ + 1;
      header_.name[at] = std::string(Trim(printed));
      return;
    }
  }

  void CheckComplete() {
    const auto require = [this](bool there, std::string_view expected) {
      if (!there) Refuse(finding_code::kHeaderIncomplete, {.line = lower_.number}, expected);
    };
    const auto has = [this](bool actual) {
      return std::any_of(header_.figures.begin(), header_.figures.end(),
                         [actual](const FigureColumn& column) { return column.actual == actual; });
    };
    for (size_t column = 0; column < kSheetColumns; ++column) {
      require(header_.index[column] >= 0, kExpectedNames[column]);
    }
    // What stands there and says no year is told of already.
    if (refused_) return;
    require(has(/*actual=*/false), "令和○年度目標値");
    require(has(/*actual=*/true), "令和○年度実績値");
    require(header_.levels.size() >= 2, "基本目標, 主な取組");
  }

  const Line* upper_;
  const Line& lower_;
  std::vector<Finding>& findings_;
  SheetHeader header_;
  int last_named_ = -1;
  bool refused_ = false;
};

}  // namespace

const FigureColumn* SheetHeader::Find(int year, bool actual) const {
  const auto found = std::find_if(figures.begin(), figures.end(), [&](const FigureColumn& column) {
    return column.year == year && column.actual == actual;
  });
  return found == figures.end() ? nullptr : &*found;
}

std::vector<YearColumns> SheetHeader::Years() const {
  std::vector<YearColumns> years;
  for (const FigureColumn& column : figures) {
    if (years.empty() || years.back().year != column.year) years.push_back({.year = column.year});
    (column.actual ? years.back().actual : years.back().target) = true;
  }
  return years;
}

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

bool MayBeUpperHeaderRow(const Line& line) {
  size_t printed = 0;
  for (const std::string& field : line.fields) {
    if (Trim(field).empty()) continue;
    if (IsNone(field)) return false;
    ++printed;
    const auto quantity = ParseQuantity(ToHalfWidthAscii(Trim(field)));
    if (!quantity.ok() || *quantity || ParseJudgement(field)) return false;
  }
  return printed > 0 && printed * 2 <= line.fields.size();
}

bool NamesDepartment(const Line& line) {
  return std::any_of(line.fields.begin(), line.fields.end(), [](const std::string& field) {
    return ColumnNamed(SearchKey(field)) == SheetColumn::kDepartment;
  });
}

std::optional<SheetHeader> ReadSheetHeader(const Line* upper, const Line& lower,
                                           std::vector<Finding>& findings) {
  return HeaderReading(upper, lower, findings).Read();
}

}  // namespace seisaku::documents
