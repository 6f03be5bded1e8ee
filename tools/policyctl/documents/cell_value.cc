#include "tools/policyctl/documents/cell_value.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "services/base/text.h"
#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/figure_text.h"
#include "tools/policyctl/documents/figure_words.h"
#include "tools/policyctl/documents/finding_code.h"

namespace seisaku::documents {

namespace {

// Longer runs of digits than a stored value may have.
bool HasTooManyDigits(std::string_view text) {
  int whole = 0;
  int decimals = 0;
  bool after_point = false;
  for (const char c : ToHalfWidthAscii(text)) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      ++(after_point ? decimals : whole);
    } else if (c == '.') {
      after_point = true;
    } else if (c != ',') {
      whole = decimals = 0;
      after_point = false;
    }
    if (whole > Decimal::kMaxIntegerDigits || decimals > Decimal::kMaxScale) return true;
  }
  return false;
}

bool HasFullWidthDigit(std::string_view text) {
  for (char last = '\x90'; last <= '\x99'; ++last) {  // U+FF10 to U+FF19
    if (Contains(text, std::string({'\xEF', '\xBC', last}))) return true;
  }
  return false;
}

bool BeginsLikeANumber(std::string_view half_width) {
  ConsumePrefix(half_width, "-");
  return !half_width.empty() && absl::ascii_isdigit(static_cast<unsigned char>(half_width.front()));
}

// 小学校： of 小学校：93.5% 中学校：85.0% with blanks.
std::string_view WithoutColon(std::string_view name) {
  for (const std::string_view colon : {":", "："}) ConsumeSuffix(name, colon);
  return name;
}

// 男:100人 女:50人 as 男: 100人 女: 50人.
std::string WithSpacesAfterColons(std::string_view text) {
  return absl::StrReplaceAll(std::string(text), {{":", ": "}, {"：", "： "}});
}

// A bound (約, 最低) or a time (R3, 令和3年度, 12月末) before a number says something of it and names no
// part.
bool MayBeAName(std::string_view half_width) {
  const std::string_view name = WithoutColon(half_width);
  if (name.empty() || BeginsLikeANumber(name) || IsDate(name) || PeriodOfNote(name)) return false;
  std::string_view rest = name;
  const std::optional<FigureWord> word = ConsumeWordBefore(rest);
  return !word || !rest.empty() || word->qualifier == type::v1::QUALIFIER_UNSPECIFIED;
}

// 92力所: the character for power, misread for the syllable ka.
bool RepairMisreadKa(std::string& unit) {
  constexpr std::array<std::string_view, 5> kAfterKa = {"所", "月", "国", "村", "年"};
  std::string_view rest = unit;
  if (!ConsumePrefix(rest, "力")) return false;
  for (std::string_view after : kAfterKa) {
    if (!rest.starts_with(after)) continue;
    unit = fmt::format("カ{}", rest);
    return true;
  }
  return false;
}

class Reading {
 public:
  Reading(const SourceCell& cell, std::string_view unit, bool beside_words, std::vector<Finding>& findings)
      : cell_(cell), unit_(unit), beside_words_(beside_words), findings_(findings) {
    value_.source = cell;
  }

  CellValue Read() && {
    if (IsNone(cell_.printed)) return std::move(value_);
    const absl::StatusOr<FigureText> figure = ReadFigureText(cell_.printed, unit_);
    if (figure.ok() && figure->kind == FigureText::Kind::kNumber) {
      KeepFrame(*figure);
      AddNumber("", figure->value);
      if (figure->converted) Note(finding_code::kValueConverted, Format(*figure->value.number()));
    } else if (figure.ok() && figure->kind == FigureText::Kind::kNoFigure) {
      ReadNoFigure(*figure);
    } else if (!ReadComponents()) {
      ReadText(figure);
    }
    NotePeriod();
    return std::move(value_);
  }

 private:
  void Note(std::string_view code, std::string_view made) {
    findings_.push_back(MakeFinding(code, cell_, made));
  }

  void KeepFrame(const FigureText& figure) {
    value_.period = figure.value.observed_period;
    value_.provisional = figure.provisional;
  }

  void ReadNoFigure(const FigureText& figure) {
    value_.text = *figure.value.text();
    const bool words = figure.may_be_words && beside_words_;
    value_.kind = words ? CellValue::Kind::kText : CellValue::Kind::kNoFigure;
    if (!words) Note(finding_code::kNoFigure, "");
  }

  // "name number name number …", each name once.
  bool ReadComponents() {
    const std::string spaced = WithSpacesAfterColons(cell_.printed);
    const std::string half_width = ToHalfWidthAscii(Trim(spaced));
    std::string_view body = half_width;
    FigureText whole;
    TakeBracketsOfTheCell(body, whole);
    const std::vector<std::string_view> parts = SplitAtSpaces(body);
    if (parts.size() < 4 || parts.size() % 2 != 0) return false;
    std::set<std::string_view> names;
    std::vector<FigureText> figures;
    for (size_t i = 0; i < parts.size(); i += 2) {
      absl::StatusOr<FigureText> figure = ReadFigureText(parts[i + 1], unit_);
      if (!MayBeAName(parts[i]) || !names.insert(WithoutColon(parts[i])).second) return false;
      if (!figure.ok() || figure->kind != FigureText::Kind::kNumber) return false;
      figures.push_back(*std::move(figure));
    }
    // A cell is about one year.
    for (const FigureText& figure : figures) {
      const std::optional<ObservedPeriod>& period = figure.value.observed_period;
      if (period != figures[0].value.observed_period) return false;
      if (period && whole.value.observed_period && *period != *whole.value.observed_period) return false;
      whole.provisional = whole.provisional || figure.provisional;
    }
    if (!whole.value.observed_period) whole.value.observed_period = figures[0].value.observed_period;
    KeepFrame(whole);
    // As printed, in its own width.
    const std::vector<std::string_view> printed = SplitAtSpaces(spaced);
    for (size_t i = 0; i < figures.size(); ++i) AddNumber(WithoutColon(printed[2 * i]), figures[i].value);
    return true;
  }

  // Of the cell is the year, and what a space parts from the last number: (速報値) right behind it is its
  // own.
  static void TakeBracketsOfTheCell(std::string_view& body, FigureText& whole) {
    while (true) {
      std::string_view rest = body;
      FigureText bracket;
      if (!ConsumeUnderstoodBracket(rest, bracket)) return;
      const std::optional<ObservedPeriod>& period = bracket.value.observed_period;
      const std::string_view taken = body.substr(rest.size());
      if (period ? whole.value.observed_period.has_value() : Trim(taken).size() == taken.size()) return;
      if (period) whole.value.observed_period = period;
      whole.provisional = whole.provisional || bracket.provisional;
      body = rest;
    }
  }

  void AddNumber(std::string_view name, const Value& number) {
    value_.kind = CellValue::Kind::kNumbers;
    Quantity quantity = *number.number();
    const bool repaired = RepairMisreadKa(quantity.unit);
    if (repaired) Note(finding_code::kCharacterRepaired, Format(quantity));
    if (value_.numbers.empty() && HasFullWidthDigit(cell_.printed)) {
      const std::string half_width = ToHalfWidthAscii(Trim(cell_.printed));
      std::string_view body = half_width;
      FigureText understood;
      while (ConsumeUnderstoodBracket(body, understood)) {
      }
      Note(finding_code::kFullwidthDigits, body);
    }
    value_.numbers.push_back({std::string(name), std::move(quantity), number.qualifier, number.note});
  }

  void ReadText(const absl::StatusOr<FigureText>& figure) {
    if (!figure.ok()) {
      return Note(
          HasTooManyDigits(cell_.printed) ? finding_code::kValueOutOfBounds : finding_code::kValueNotANumber,
          "");
    }
    KeepFrame(*figure);
    value_.kind = CellValue::Kind::kText;
    value_.text = *figure->value.text();
  }

  void NotePeriod() {
    if (value_.period) {
      Note(finding_code::kYearFromCell,
           fmt::format("{} ({})", PeriodName(*value_.period), PeriodNameEnglish(*value_.period)));
    }
    if (value_.provisional) Note(finding_code::kProvisionalValue, "");
  }

  const SourceCell& cell_;
  const std::string_view unit_;
  const bool beside_words_;
  std::vector<Finding>& findings_;
  CellValue value_;
};

}  // namespace

CellValue ReadCellValue(const SourceCell& cell, std::string_view unit, std::vector<Finding>& findings,
                        bool beside_words) {
  return Reading(cell, unit, beside_words, findings).Read();
}

std::vector<std::string> ComponentNames(const CellValue& value) {
  std::vector<std::string> names;
  for (const Component& number : value.numbers) {
    if (!number.name.empty()) names.push_back(number.name);
  }
  return names;
}

}  // namespace seisaku::documents
