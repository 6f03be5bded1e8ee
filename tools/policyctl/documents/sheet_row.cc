#include "tools/policyctl/documents/sheet_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "services/base/quantity.h"
#include "services/base/text.h"
#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/figure_text.h"
#include "tools/policyctl/documents/finding_code.h"

namespace seisaku::documents {

namespace {

class Alignment {
 public:
  Alignment(const SheetHeader& header, const Line& line, std::vector<Finding>& findings)
      : header_(header), line_(line), findings_(findings) {
    row_.line = line.number;
    row_.fiscal_year = header.fiscal_year;
  }

  std::optional<SheetRow> Align() && {
    if (!FindAnchor() || !CheckWidth()) return std::nullopt;
    for (size_t column = 0; column < kSheetColumns; ++column) {
      row_.cells[column] = CellAt(header_.index[column] - shift_, header_.name[column]);
    }
    for (const FigureColumn& column : header_.figures) {
      row_.figures.push_back({column.year, column.actual, CellAt(column.index - shift_, column.name)});
    }
    for (size_t column = 0; column < kOptionalColumns; ++column) {
      if (header_.optional_index[column] < 0) continue;
      row_.optional_cells[column] =
          CellAt(header_.optional_index[column] - shift_, header_.optional_name[column]);
    }
    const int action = ActionAt(shift_);
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

  struct Anchor {
    int field = 0;
    PrintedJudgement judgement;
  };

  int Expected() const { return header_.IndexOf(SheetColumn::kJudgement); }
  // Where the row's 主な取組 stands, when the row has lost `shift` columns; below 0: nowhere.
  int ActionAt(int shift) const { return static_cast<int>(header_.levels.size()) - 1 - shift; }

  std::string_view FieldAt(int index) const {
    return index >= 0 && index < Fields() ? Trim(line_.fields[static_cast<size_t>(index)])
                                          : std::string_view();
  }

  bool FindAnchor() {
    std::vector<Anchor> anchors;
    for (int i = 0; i < Fields(); ++i) {
      if (const auto judgement = ParseJudgement(FieldAt(i))) anchors.push_back({i, *judgement});
    }
    // Any text may happen to read like a judgement: it is the judgement only where the other cells then fit.
    const std::vector<Anchor> read_like_one = anchors;
    std::erase_if(anchors, [&](const Anchor& anchor) {
      const int shift = Expected() - anchor.field;
      return read_like_one.size() > 1 ? !Fits(shift) : IsElsewhere(shift);
    });
    if (anchors.size() == 1) {
      row_.judgement = anchors[0].judgement;
      shift_ = Expected() - anchors[0].field;
      return true;
    }
    return read_like_one.size() > 1 ? RefuseAnchors(read_like_one) : TakeUnknownJudgement();
  }

  // Names the cell that stands where the judgement should, if the rest of the row tells where that is.
  bool TakeUnknownJudgement() {
    constexpr std::array<int, 4> kLikely = {0, 1, -1, 2};
    std::optional<int> fitting;
    for (const int shift : kLikely) {
      if (Fits(shift) && (!fitting || IsLikeAJudgement(shift) > IsLikeAJudgement(*fitting))) fitting = shift;
    }
    const int field = Expected() - fitting.value_or(0);
    const std::string& name = header_.NameOf(SheetColumn::kJudgement);
    if (LastPrinted() < field) {
      Note(finding_code::kRowTruncated,
           {.line = line_.number, .printed = fmt::format("{}", fmt::join(line_.fields, "\t"))}, name);
      return false;
    }
    Note(finding_code::kJudgementUnknown, CellAt(field, name), JudgementVocabulary());
    if (!fitting) {
      findings_.back().severity = Severity::kFatal;
      return false;
    }
    row_.judgement_unknown = true;
    shift_ = *fitting;
    return true;
  }

  // How much the cell that would be the judgement reads like one, and those that would be figures like
  // figures.
  double IsLikeAJudgement(int shift) const {
    const std::string_view cell = FieldAt(Expected() - shift);
    constexpr size_t kLongest = 60;  // bytes; a sentence says more
    if (IsNone(cell) || cell.size() > kLongest || cell.ends_with("。")) return 0;
    constexpr double kOfFigures = 0.5;
    double likeness = LikenessToJudgements(cell);
    if (std::all_of(header_.figures.begin(), header_.figures.end(), [&](const FigureColumn& column) {
          return IsLikeAFigure(FieldAt(column.index - shift));
        })) {
      likeness += kOfFigures;
    }
    return likeness;
  }

  static bool IsLikeAFigure(std::string_view cell) {
    if (IsNone(cell)) return true;
    const absl::StatusOr<FigureText> figure = ReadFigureText(cell, "");
    return figure.ok() && figure->kind != FigureText::Kind::kWords;
  }

  bool RefuseAnchors(const std::vector<Anchor>& anchors) {
    std::string japanese;
    std::string english;
    for (const Anchor& anchor : anchors) {
      const std::string_view text = FieldAt(anchor.field);
      japanese += fmt::format("{}{}列目「{}」", japanese.empty() ? "" : "、", anchor.field + 1, text);
      english += fmt::format("{}column {} \"{}\"", english.empty() ? "" : ", ", anchor.field + 1, text);
    }
    Note(finding_code::kJudgementAmbiguous, {.line = line_.number}, InBothLanguages(japanese, english));
    return false;
  }

  // Whether a row cannot have lost that many columns: nothing is left for its 主な取組, or its KPI would be
  // called "10人". What reads like a judgement there stands in another column.
  bool IsElsewhere(int shift) const { return ActionAt(shift) < 0 || NameIsAValue(shift); }

  // Whether the KPI's name would be one more number of what the KPI is counted in.
  bool NameIsAValue(int shift) const {
    const auto number = [&](int index) -> std::optional<Quantity> {
      const auto quantity = ParseQuantity(ToHalfWidthAscii(FieldAt(index - shift)));
      return quantity.ok() ? *quantity : std::nullopt;
    };
    const std::optional<Quantity> name = number(header_.IndexOf(SheetColumn::kKpiName));
    if (!name) return false;
    return std::any_of(header_.figures.begin(), header_.figures.end(), [&](const FigureColumn& column) {
      const std::optional<Quantity> value = number(column.index);
      return value && ToBaseUnit(*value).unit == ToBaseUnit(*name).unit;
    });
  }

  // Whether the row can be read as one that has lost `shift` columns.
  bool Fits(int shift) const {
    if (IsElsewhere(shift) || FirstMissing(shift) || FirstAfterTheLast(shift)) return false;
    if (ActionAt(shift) > static_cast<int>(header_.levels.size()) - 1 + BlankHeadings(shift)) return false;
    const auto is_judgement = [&](int index) { return ParseJudgement(FieldAt(index - shift)).has_value(); };
    return !is_judgement(header_.IndexOf(SheetColumn::kKpiName)) &&
           std::none_of(header_.figures.begin(), header_.figures.end(),
                        [&](const FigureColumn& column) { return is_judgement(column.index); });
  }

  // How many heading cells but the first are blank.
  int BlankHeadings(int shift) const {
    int blank = 0;
    for (int i = 1; i < ActionAt(shift); ++i) blank += FieldAt(i).empty() ? 1 : 0;
    return blank;
  }

  struct Column {
    int index = 0;
    std::string name;
  };

  // The first column that the row is too short for. The department's field may be missing: an editor trims
  // it.
  std::optional<Column> FirstMissing(int shift) const {
    for (size_t column = 0; column < kSheetColumns; ++column) {
      if (column == static_cast<size_t>(SheetColumn::kDepartment)) continue;
      if (header_.index[column] - shift >= Fields())
        return Column{header_.index[column], header_.name[column]};
    }
    for (const FigureColumn& column : header_.figures) {
      if (column.index - shift >= Fields()) return Column{column.index, column.name};
    }
    return std::nullopt;
  }

  // The first field with a text that stands after the last column.
  std::optional<int> FirstAfterTheLast(int shift) const {
    for (int i = header_.last_index - shift + 1; i < Fields(); ++i) {
      if (!FieldAt(i).empty()) return i;
    }
    return std::nullopt;
  }

  bool CheckWidth() {
    if (const std::optional<Column> missing = FirstMissing(shift_)) {
      Note(finding_code::kRowTruncated, CellAt(missing->index - shift_, missing->name), missing->name);
      return false;
    }
    if (const std::optional<int> after = FirstAfterTheLast(shift_)) {
      Note(finding_code::kRowMisaligned, CellAt(*after, ""),
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
