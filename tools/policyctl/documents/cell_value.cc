#include "tools/policyctl/documents/cell_value.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "services/base/status.h"
#include "services/base/text.h"
#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/finding_code.h"

namespace seisaku::documents {

namespace {

bool HasDigit(std::string_view text) { return text.find_first_of("0123456789") != std::string_view::npos; }

bool HasFullWidthDigit(std::string_view text) {
  for (char last = '\x90'; last <= '\x99'; ++last) {  // U+FF10 to U+FF19
    if (Contains(text, std::string({'\xEF', '\xBC', last}))) return true;
  }
  return false;
}

bool BeginsLikeANumber(std::string_view half_width) {
  ConsumePrefix(half_width, "-");
  return !half_width.empty() && HasDigit(half_width.substr(0, 1));
}

// Whether the number that `text` begins with has more digits than a stored value may have.
bool HasTooManyDigits(std::string_view text) {
  int whole = 0;
  int decimals = 0;
  bool after_point = false;
  for (const char c : ToHalfWidthAscii(text)) {
    if (c == '.') after_point = true;
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) ++(after_point ? decimals : whole);
  }
  return whole > Decimal::kMaxIntegerDigits || decimals > Decimal::kMaxScale;
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

// The last group in brackets of either width at the end of `text` ("…(令和2年)"), taken off; nullopt when
// there is none.
std::optional<std::string> ConsumeTrailingBracket(std::string& text) {
  std::string_view rest = Trim(text);
  if (!ConsumeSuffix(rest, ")") && !ConsumeSuffix(rest, "）")) return std::nullopt;
  const size_t narrow = rest.rfind('(');
  const size_t wide = rest.rfind("（");
  if (narrow == std::string_view::npos && wide == std::string_view::npos) return std::nullopt;
  const bool is_narrow =
      wide == std::string_view::npos || (narrow != std::string_view::npos && narrow > wide);
  const size_t open = is_narrow ? narrow : wide;
  const size_t after = open + (is_narrow ? 1 : std::string_view("（").size());
  const std::string inside = ToHalfWidthAscii(Trim(rest.substr(after)));
  text = std::string(Trim(rest.substr(0, open)));
  return inside;
}

// A number with its unit; the unit has no digits, or it is a sentence that begins with a number.
absl::StatusOr<std::optional<Quantity>> ReadQuantity(std::string_view text) {
  ASSIGN_OR_RETURN(std::optional<Quantity> quantity, ParseQuantity(ToHalfWidthAscii(text)));
  if (quantity && HasDigit(quantity->unit)) quantity.reset();
  return quantity;
}

class Reading {
 public:
  Reading(const SourceCell& cell, std::vector<Finding>& findings) : cell_(cell), findings_(findings) {
    value_.source = cell;
  }

  CellValue Read() && {
    if (IsNone(cell_.printed)) return std::move(value_);
    body_ = std::string(Trim(cell_.printed));
    ReadBrackets();
    if (!ReadOneNumber() && !ReadComponents()) ReadText();
    NotePeriod();
    return std::move(value_);
  }

 private:
  void Note(std::string_view code, std::string_view made) {
    findings_.push_back(MakeFinding(code, cell_, made));
  }

  void ReadBrackets() {
    std::string rest = body_;
    while (std::optional<std::string> inside = ConsumeTrailingBracket(rest)) {
      const std::optional<ObservedPeriod> period = ParseObservedPeriod(*inside);
      if (period && !value_.period) {
        value_.period = period;
      } else if (*inside == "暫定値" || *inside == "暫定") {
        value_.provisional = true;
      } else if (*inside != "確定値" && *inside != "確定") {
        return;
      }
      body_ = rest;
    }
  }

  bool ReadOneNumber() {
    absl::StatusOr<std::optional<Quantity>> quantity = ReadQuantity(body_);
    std::vector<std::string_view> parts = SplitAtSpaces(body_);
    if (quantity.ok() && !*quantity && parts.size() == 2 && !HasDigit(ToHalfWidthAscii(parts[1]))) {
      // A space between a number and its unit.
      if (const auto number = ReadQuantity(parts[0]); number.ok() && *number && (*number)->unit.empty()) {
        quantity = ReadQuantity(fmt::format("{}{}", parts[0], parts[1]));
      }
    }
    if (!quantity.ok()) {
      Note(HasTooManyDigits(body_) ? finding_code::kValueOutOfBounds : finding_code::kValueNotANumber, "");
      return true;
    }
    if (!*quantity) return false;
    AddNumber("", **quantity);
    return true;
  }

  // "name number name number …", each name once.
  bool ReadComponents() {
    const std::vector<std::string_view> parts = SplitAtSpaces(body_);
    if (parts.size() < 4 || parts.size() % 2 != 0) return false;
    std::set<std::string_view> names;
    std::vector<Quantity> quantities;
    for (size_t i = 0; i < parts.size(); i += 2) {
      const absl::StatusOr<std::optional<Quantity>> quantity = ReadQuantity(parts[i + 1]);
      if (BeginsLikeANumber(ToHalfWidthAscii(parts[i])) || !names.insert(parts[i]).second) return false;
      if (!quantity.ok() || !*quantity) return false;
      quantities.push_back(**quantity);
    }
    for (size_t i = 0; i < quantities.size(); ++i) AddNumber(parts[2 * i], quantities[i]);
    return true;
  }

  void AddNumber(std::string_view name, Quantity quantity) {
    value_.kind = CellValue::Kind::kNumbers;
    const bool repaired = RepairMisreadKa(quantity.unit);
    if (repaired) Note(finding_code::kCharacterRepaired, Format(quantity));
    if (value_.numbers.empty() && HasFullWidthDigit(cell_.printed)) {
      Note(finding_code::kFullwidthDigits, ToHalfWidthAscii(body_));
    }
    value_.numbers.push_back({std::string(name), std::move(quantity)});
  }

  void ReadText() {
    if (BeginsLikeANumber(ToHalfWidthAscii(body_))) return Note(finding_code::kValueNotANumber, "");
    value_.kind = CellValue::Kind::kText;
    value_.text = std::string(Trim(cell_.printed));
  }

  void NotePeriod() {
    if (value_.period) {
      Note(finding_code::kYearFromCell,
           fmt::format("{} ({})", PeriodName(*value_.period), PeriodNameEnglish(*value_.period)));
    }
    if (value_.provisional) Note(finding_code::kProvisionalValue, "");
  }

  const SourceCell& cell_;
  std::vector<Finding>& findings_;
  std::string body_;  // without the brackets that were understood
  CellValue value_;
};

}  // namespace

CellValue ReadCellValue(const SourceCell& cell, std::vector<Finding>& findings) {
  return Reading(cell, findings).Read();
}

std::vector<std::string> ComponentNames(const CellValue& value) {
  std::vector<std::string> names;
  for (const Component& number : value.numbers) {
    if (!number.name.empty()) names.push_back(number.name);
  }
  return names;
}

}  // namespace seisaku::documents
