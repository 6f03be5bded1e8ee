#include "services/base/words.h"

#include "services/base/errors.h"
#include "services/base/text.h"

namespace seisaku {
namespace {

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

}  // namespace

absl::Status CheckWords(const FieldPath& field, std::string_view text, size_t max_bytes, Lines lines) {
  const bool breaks_allowed = lines == Lines::kAny;
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

}  // namespace seisaku
