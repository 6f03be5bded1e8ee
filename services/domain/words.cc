#include "services/domain/words.h"

#include <optional>
#include <string>
#include <utility>

#include "services/base/errors.h"
#include "services/base/quantity.h"
#include "services/base/text.h"
#include "services/base/words.h"

namespace seisaku {
namespace {

constexpr size_t kMaxDocumentBytes = 255;
constexpr size_t kDigestBytes = 32;

absl::Status CheckNothingBesideWords(const FieldPath& field, const Value& value) {
  const bool qualified = value.qualifier != type::v1::QUALIFIER_UNSPECIFIED;
  if (!qualified && value.note.empty()) return absl::OkStatus();
  return errors::InvalidField(FieldPath(field, qualified ? "qualifier" : "note").ToString(),
                              expected::BESIDE_NUMBER);
}

// What people write before a number and that is none of it.
std::string_view WithoutLeadingWord(std::string_view printed) {
  for (std::string_view word : {"約", "およそ", "延べ", "のべ", "累計"}) {
    if (printed.substr(0, word.size()) != word) continue;
    printed.remove_prefix(word.size());
    break;
  }
  return printed;
}

// Seconds in the units of time at whose head `unit` begins ("分以上"); nullopt for other units.
std::optional<Decimal> SecondsIn(std::string_view unit) {
  constexpr std::pair<std::string_view, int> kUnits[] = {
      {"日", 86'400}, {"時間", 3'600}, {"分", 60}, {"秒", 1}};
  for (const auto& [name, seconds] : kUnits) {
    if (unit.substr(0, name.size()) == name) return Decimal(seconds);
  }
  return std::nullopt;
}

// "2時間半" is 150 分 and 2.5 時間.
bool IsSameTime(const Quantity& printed, const Quantity& number) {
  const std::optional<Decimal> printed_seconds = SecondsIn(printed.unit);
  const std::optional<Decimal> seconds = SecondsIn(number.unit);
  if (!printed_seconds || !seconds) return false;
  const bool half = printed.unit.find("半") != std::string::npos;
  const Decimal value = half ? printed.value + Decimal(5).ScaledDown(1) : printed.value;
  return Decimal::CompareProducts(value, *printed_seconds, number.value, *seconds) == 0;
}

}  // namespace

absl::Status CheckTitle(const FieldPath& field, std::string_view text, size_t max_bytes) {
  if (text.empty()) return errors::RequiredField(field.ToString());
  return CheckWords(field, text, max_bytes, Lines::kOne);
}

absl::Status CheckLabel(const FieldPath& field, std::string_view text) {
  return CheckWords(field, text, kMaxLabelBytes, Lines::kOne);
}

absl::Status CheckText(const FieldPath& field, std::string_view text, size_t max_bytes) {
  return CheckWords(field, text, max_bytes, Lines::kAny);
}

absl::Status CheckValue(const FieldPath& field, const Value& value) {
  if (const Quantity* number = value.number()) {
    RETURN_IF_ERROR(CheckLabel(FieldPath(field, "number.unit"), number->unit));
    RETURN_IF_ERROR(CheckWords(FieldPath(field, "note"), value.note, kMaxNoteBytes, Lines::kOne));
  } else {
    RETURN_IF_ERROR(CheckNothingBesideWords(field, value));
    const FieldPath path(field, "text");
    if (value.text()->empty()) return errors::RequiredField(path.ToString());
    RETURN_IF_ERROR(CheckText(path, *value.text(), kMaxPrintedBytes));
  }
  return CheckText(FieldPath(field, "printed"), value.printed, kMaxPrintedBytes);
}

absl::Status CheckPrinted(const FieldPath& field, const Value& value) {
  const Quantity* number = value.number();
  if (number == nullptr || value.printed.empty()) return absl::OkStatus();
  // What most print, without reading it.
  if (value.printed == number->value.ToString() + number->unit) return absl::OkStatus();
  const absl::StatusOr<std::optional<Quantity>> read = ParseQuantity(WithoutLeadingWord(value.printed));
  if (!read.ok() || !*read) return absl::OkStatus();
  const Quantity& printed = **read;
  // "3年間で12人", "12億円(令和2年)": more than a number and its unit.
  if (ToHalfWidthAscii(printed.unit).find_first_of("0123456789") != std::string::npos)
    return absl::OkStatus();
  const Quantity base = ToBaseUnit(printed);
  // The scale word may stand elsewhere: "33" in a column of 万人.
  if (base.unit == printed.unit && printed.value == number->value) return absl::OkStatus();
  if (base.value == ToBaseUnit(*number).value || IsSameTime(printed, *number)) return absl::OkStatus();
  return errors::InvalidField(FieldPath(field, "printed").ToString(), expected::SAYS_NUMBER,
                              {{"number", Format(*number)}, {"actual", value.printed}});
}

absl::Status CheckSource(const FieldPath& field, const type::v1::SourceCell& source) {
  const FieldPath document(field, "document");
  RETURN_IF_ERROR(CheckTitle(document, source.document(), kMaxDocumentBytes));
  if (source.document().find_first_of("/\\") != std::string::npos) {
    return errors::InvalidField(document.ToString(), expected::FILE_NAME, {{"actual", source.document()}});
  }
  if (source.document_sha256().size() != kDigestBytes) {
    return errors::InvalidField(FieldPath(field, "document_sha256").ToString(), expected::EXACTLY_BYTES,
                                {{"count", kDigestBytes}, {"actual", source.document_sha256().size()}});
  }
  if (source.line() == 0)
    return errors::InvalidField(FieldPath(field, "line").ToString(), expected::AT_LEAST,
                                {{"min", 1}, {"actual", 0}});
  return CheckText(FieldPath(field, "printed"), source.printed(), kMaxPrintedBytes);
}

}  // namespace seisaku
