#include "tools/policyctl/documents/progress_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "services/base/period.h"
#include "services/base/status.h"
#include "services/base/text.h"
#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/finding_code.h"
#include "tools/policyctl/documents/judged_year.h"
#include "tools/policyctl/documents/kpi_row.h"
#include "tools/policyctl/documents/lines.h"
#include "tools/policyctl/documents/sheet_header.h"
#include "tools/policyctl/documents/sheet_row.h"

namespace seisaku::documents {

namespace {

// A line of running text (a title, a page number), not a row.
bool HasOneField(const Line& line) {
  int printed = 0;
  for (const std::string& field : line.fields) printed += Trim(field).empty() ? 0 : 1;
  return printed == 1;
}

// ※ …, 注) …, （注1） …, 資料: …: says something about the table and is no part of it. A row has more cells.
bool IsFootnote(const Line& line) {
  constexpr std::array<std::string_view, 13> kBeginnings = {
      "※", "*", "＊", "注)", "注）", "注:", "注：", "(注", "（注", "注1", "資料:", "資料：", "備考"};
  constexpr int kMostFields = 2;  // ※1 | 速報値
  std::string_view first;
  int printed = 0;
  for (const std::string& field : line.fields) {
    const std::string_view text = Trim(field);
    if (text.empty()) continue;
    if (printed++ == 0) first = text;
  }
  return printed <= kMostFields &&
         std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view word) { return first.starts_with(word); });
}

// The text of the cell that makes `line` a row of totals: 合計, 小計, 計. Empty where it is none. A row that
// is judged, or has more words than a remark behind its figures, is about a KPI, whatever that is called.
std::string TotalOf(const Line& line) {
  constexpr std::array<std::string_view, 8> kTotals = {"合計",   "小計", "計",   "総計",
                                                       "総合計", "累計", "平均", "全体"};
  constexpr int kMostWords = 1;
  std::string total;
  int words = 0;
  for (const std::string& field : line.fields) {
    if (ParseJudgement(field)) return "";
    const std::string key = seisaku::SearchKey(field);
    const bool is_total = std::find(kTotals.begin(), kTotals.end(), key) != kTotals.end();
    if (total.empty() && is_total) total = std::string(Trim(field));
    // What stands before it is blank.
    if (total.empty() && !key.empty()) return "";
    const bool is_figure = key.find_first_of("0123456789") != std::string::npos || IsNone(field);
    if (!is_total && !is_figure && ++words > kMostWords) return "";
  }
  return total;
}

// "令和4年度目標値, 令和4年度実績値": whatever the columns' order and spelling on a page.
std::string FiguresOf(const SheetHeader& header) {
  std::string text;
  for (const FigureColumn& column : header.figures) {
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", FiscalYearName(column.year),
                        column.actual ? "実績値" : "目標値");
  }
  return text;
}

class Reader {
 public:
  Reader(std::string_view bytes, const Confirmations& confirmations)
      : confirmations_(confirmations), lines_(ReadLines(bytes, sheet_.findings)) {}

  ProgressSheet Read() && {
    if (HasFatal(sheet_.findings)) return std::move(sheet_);
    for (size_t i = 0; i < lines_.size(); ++i) ReadLine(i);
    if (!header_found_) {
      sheet_.findings = {MakeFinding(finding_code::kNotAProgressSheet, {}, "指標名, 進捗評価")};
    }
    if (tree_) {
      tree_->CheckLevels();
      sheet_.nodes = tree_->nodes();
    }
    CheckDuplicates();
    CheckConfirmations();
    SortFindings(sheet_.findings);
    return std::move(sheet_);
  }

 private:
  void Note(std::string_view code, const SourceCell& cell, std::string_view made) {
    sheet_.findings.push_back(MakeFinding(code, cell, made));
  }

  void ReadLine(size_t index) {
    const Line& line = lines_[index];
    const bool follows_row = std::exchange(row_before_, false);
    if (line.IsBlank()) return;
    if (IsHeaderRow(line)) {
      ReadHeader(index);
    } else if (IsUpperHeaderRow(index)) {
      return;  // Read together with the header row below it.
    } else if (header_found_ && IsFootnote(line)) {
      Note(finding_code::kFootnoteIgnored,
           {line.number, 0, "", fmt::format("{}", fmt::join(line.fields, ""))}, "");
    } else if (const std::string total = TotalOf(line); header_found_ && !total.empty()) {
      row_before_ = follows_row;
      Note(finding_code::kTotalIgnored, {line.number, 0, "", total}, "");
    } else if (HasOneField(line) && !follows_row) {
      const SourceCell cell = {line.number, 0, "", fmt::format("{}", fmt::join(line.fields, ""))};
      header_found_ ? Note(finding_code::kLineIgnored, cell, "") : titles_.push_back(cell);
    } else if (!header_found_) {
      Note(finding_code::kHeaderMissing, {.line = line.number}, "");
    } else if (header_) {
      row_before_ = true;
      ReadRow(line);
    }
  }

  // A row before a page's header is not taken for a part of it: what stands there names a column, or says
  // what it said on a page before, or nothing was read yet.
  bool IsUpperHeaderRow(size_t index) const {
    if (index + 1 >= lines_.size() || !IsHeaderRow(lines_[index + 1])) return false;
    const Line& line = lines_[index];
    if (!MayBeUpperHeaderRow(line)) return false;
    return !header_found_ || NamesDepartment(line) ||
           std::all_of(line.fields.begin(), line.fields.end(), [this](const std::string& field) {
             return Trim(field).empty() || upper_texts_.contains(SearchKey(field));
           });
  }

  void ReadHeader(size_t index) {
    const Line* upper = index > 0 && IsUpperHeaderRow(index - 1) ? &lines_[index - 1] : nullptr;
    if (upper != nullptr) {
      for (const std::string& field : upper->fields) upper_texts_.insert(SearchKey(field));
      if (!header_found_ && !NamesDepartment(*upper)) {
        titles_.push_back({upper->number, 0, "", fmt::format("{}", fmt::join(upper->fields, "\t"))});
        if (!HasOneField(*upper)) Note(finding_code::kLineIgnored, titles_.back(), "");
      }
    }
    header_found_ = true;
    const size_t findings_before = sheet_.findings.size();
    header_ = ReadSheetHeader(upper, lines_[index], sheet_.findings);
    KeepFirstOfIgnoredColumns(findings_before);
    if (!header_) return;
    const int line = lines_[index].number;
    if (!tree_) {
      sheet_.levels = header_->levels;
      sheet_.years = header_->Years();
      first_figures_ = FiguresOf(*header_);
      tree_.emplace(header_->levels, sheet_.findings);
      sheet_.fiscal_year =
          DecideJudgedYear(*header_, confirmations_.fiscal_year, titles_, line, sheet_.findings).value_or(0);
    } else if (header_->levels != sheet_.levels) {
      RefuseHeader(line, fmt::format("{}", fmt::join(header_->levels, ", ")),
                   fmt::format("{}", fmt::join(sheet_.levels, ", ")));
    } else if (FiguresOf(*header_) != first_figures_) {
      RefuseHeader(line, FiguresOf(*header_), first_figures_);
    } else if (header_->judgement_year != 0 && sheet_.fiscal_year != 0 &&
               header_->judgement_year != sheet_.fiscal_year) {
      RefuseHeader(line, header_->NameOf(SheetColumn::kJudgement), FiscalYearName(sheet_.fiscal_year));
    }
    // Without a year nothing can be said of the rows.
    if (sheet_.fiscal_year == 0) header_.reset();
    if (header_) header_->fiscal_year = sheet_.fiscal_year;
  }

  // Each column that is not read is told of once, not on every page.
  void KeepFirstOfIgnoredColumns(size_t from) {
    const auto first = sheet_.findings.begin() + static_cast<std::ptrdiff_t>(from);
    sheet_.findings.erase(std::remove_if(first, sheet_.findings.end(),
                                         [this](const Finding& finding) {
                                           return finding.code == finding_code::kColumnIgnored &&
                                                  !ignored_columns_.insert(finding.printed).second;
                                         }),
                          sheet_.findings.end());
  }

  void RefuseHeader(int line, std::string printed, std::string_view first) {
    Note(finding_code::kHeaderDiffers, {line, 0, "", std::move(printed)}, first);
    header_.reset();
  }

  void ReadRow(const Line& line) {
    const std::optional<SheetRow> row = AlignRow(*header_, line, sheet_.findings);
    if (!row) return;
    CheckCharacters(*row);
    const std::optional<RowPlace> place = tree_->Place(*row);
    if (!place) return;
    const ConfirmedKpi* confirmed = confirmations_.Find(KpiNameOf(*row), HeadingsOf(place->action));
    used_confirmations_.insert(confirmed);
    std::vector<Finding> findings;
    KpiRow kpi = ReadKpiRow(*row, *place, above_ ? &*above_ : nullptr, confirmed, findings);
    above_ = kpi;
    const auto costs_the_row = [](const Finding& finding) { return LeavesOut(finding.code); };
    if (row->judgement_unknown || std::any_of(findings.begin(), findings.end(), costs_the_row)) {
      sheet_.left_out.push_back(kpi.name);
      // What else would be said of the row is of no use until it can be read.
      std::copy_if(findings.begin(), findings.end(), std::back_inserter(sheet_.findings), costs_the_row);
      return;
    }
    sheet_.findings.insert(sheet_.findings.end(), findings.begin(), findings.end());
    sheet_.rows.push_back(std::move(kpi));
  }

  // What a confirmation may call the headings that the action stands under, the lowest first.
  std::vector<std::string> HeadingsOf(int action) const {
    std::vector<std::string> headings;
    for (int at = action; at >= 0; at = tree_->nodes()[static_cast<size_t>(at)].parent) {
      const Node& node = tree_->nodes()[static_cast<size_t>(at)];
      headings.push_back(node.title);
      headings.emplace_back(Trim(node.source.printed));
    }
    return headings;
  }

  // Files that a Japanese office opens are CP932; what it cannot hold is told before it is lost.
  void CheckCharacters(const SheetRow& row) {
    for (const SourceCell& cell : row.headings) CheckCharacters(cell);
    CheckCharacters(row.action);
    for (const SourceCell& cell : row.cells) CheckCharacters(cell);
    for (const FigureCell& figure : row.figures) CheckCharacters(figure.cell);
  }

  void CheckCharacters(const SourceCell& cell) {
    // What looks the same is put in its place when a file in CP932 is written.
    const absl::StatusOr<std::string> encoded = Utf8ToCp932(WithCp932LookAlikes(cell.printed));
    if (encoded.ok()) return;
    std::string character;
    if (const auto info = GetErrorInfo(encoded.status())) {
      const auto found = info->metadata().find("character");
      if (found != info->metadata().end()) character = found->second;
    }
    Note(finding_code::kNotInCp932, cell, character);
  }

  // A later year's sheet finds a KPI by its name under the same heading, so that must be one. Two headings
  // may count the same.
  void CheckDuplicates() {
    std::map<std::pair<int, std::string>, int> lines;
    for (const KpiRow& kpi : sheet_.rows) {
      if (kpi.provisional_name) continue;
      const auto [first, is_new] = lines.emplace(std::pair(kpi.node, kpi.name), kpi.name_source.line);
      if (!is_new) {
        Note(finding_code::kDuplicateKpi, kpi.name_source, fmt::format("{}", first->second));
      }
    }
  }

  void CheckConfirmations() {
    for (const auto& [name, all] : confirmations_.kpis) {
      for (const ConfirmedKpi& confirmed : all) {
        if (used_confirmations_.contains(&confirmed)) continue;
        const std::string& under = confirmed.heading;
        Note(finding_code::kConfirmationUnused,
             {.printed = under.empty() ? name : fmt::format("{} ({})", name, under)}, "");
      }
    }
  }

  const Confirmations& confirmations_;
  ProgressSheet sheet_;
  std::vector<Line> lines_;
  std::optional<SheetHeader> header_;  // of the current page; nullopt: its rows cannot be read
  std::optional<HeadingTree> tree_;
  std::vector<SourceCell> titles_;     // the lines above the first header
  std::string first_figures_;          // FiguresOf the first page
  std::set<std::string> upper_texts_;  // what upper header rows have printed
  std::set<const ConfirmedKpi*> used_confirmations_;
  std::set<std::string> ignored_columns_;  // as printed
  std::optional<KpiRow> above_;            // the last row, one that was left out included
  bool header_found_ = false;
  bool row_before_ = false;  // the line before is a data row
};

}  // namespace

const YearFigures& KpiRow::Judged() const {
  return *std::find_if(years.begin(), years.end(),
                       [this](const YearFigures& figures) { return figures.year == fiscal_year; });
}

std::vector<const CellValue*> KpiRow::Values() const {
  std::vector<const CellValue*> values = {&*Judged().target, &*Judged().actual};
  for (const YearFigures& figures : years) {
    if (figures.year == fiscal_year) continue;
    for (const std::optional<CellValue>* value : {&figures.target, &figures.actual}) {
      if (*value) values.push_back(&**value);
    }
  }
  return values;
}

int KpiRow::FirstYear() const {
  const auto printed = [](const std::optional<CellValue>& value) { return value && value->HasFigure(); };
  for (const YearFigures& figures : years) {
    if (printed(figures.target) || printed(figures.actual)) return std::min(figures.year, fiscal_year);
  }
  return fiscal_year;
}

ProgressSheet ReadProgressSheet(std::string_view bytes, const Confirmations& confirmations) {
  return Reader(bytes, confirmations).Read();
}

void AcceptTwoHeadings(ProgressSheet& sheet) {
  for (Finding& finding : sheet.findings) {
    if (finding.code == finding_code::kTwoLevels || finding.code == finding_code::kTwoHeadings)
      finding.severity = Severity::kWarning;
  }
}

}  // namespace seisaku::documents
