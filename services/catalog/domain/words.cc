#include "services/catalog/domain/words.h"

#include <algorithm>

#include "services/base/errors.h"
#include "services/base/text.h"

namespace seisaku::catalog {
namespace {

constexpr size_t kMaxDocumentBytes = 255;
constexpr size_t kDigestBytes = 32;

// U+0000 to U+001F, U+007F, and U+0080 to U+009F (two bytes in UTF-8: C2 80 to C2 9F).
bool HasControls(std::string_view text, bool breaks_allowed) {
  for (size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (breaks_allowed && (byte == '\t' || byte == '\n' || byte == '\r')) continue;
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
  }
  return false;
}

absl::Status Check(const FieldPath& field, std::string_view text, size_t max_bytes, bool breaks_allowed) {
  if (text.size() > max_bytes) {
    return errors::InvalidField(field.ToString(), expected::AT_MOST_BYTES,
                                {{"max", max_bytes}, {"actual", text.size()}});
  }
  if (!IsUtf8(text)) return errors::InvalidField(field.ToString(), expected::UTF8);
  if (HasControls(text, breaks_allowed)) {
    return errors::InvalidField(field.ToString(),
                                breaks_allowed ? expected::NO_CONTROLS : expected::ONE_LINE);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckTitle(const FieldPath& field, std::string_view text, size_t max_bytes) {
  if (text.empty()) return errors::RequiredField(field.ToString());
  return Check(field, text, max_bytes, false);
}

absl::Status CheckLabel(const FieldPath& field, std::string_view text) {
  return Check(field, text, kMaxLabelBytes, false);
}

absl::Status CheckText(const FieldPath& field, std::string_view text, size_t max_bytes) {
  return Check(field, text, max_bytes, true);
}

absl::Status CheckValue(const FieldPath& field, const Value& value) {
  if (const Quantity* number = value.number()) {
    RETURN_IF_ERROR(CheckLabel(FieldPath(field, "number.unit"), number->unit));
  } else {
    const FieldPath path(field, "text");
    if (value.text()->empty()) return errors::RequiredField(path.ToString());
    RETURN_IF_ERROR(CheckText(path, *value.text(), kMaxPrintedBytes));
  }
  return CheckText(FieldPath(field, "printed"), value.printed, kMaxPrintedBytes);
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

}  // namespace seisaku::catalog
