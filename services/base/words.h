// Bounds of texts that come from people and documents. Stored text is never changed, only refused.
#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "services/base/field_path.h"

namespace seisaku {

inline constexpr size_t kMaxReasonBytes = 65'536;

enum class Lines {
  kOne,  // no control characters at all
  kAny,  // tabs and line breaks are allowed
};

// OK, also for an empty text, or INVALID_ARGUMENT INVALID_FIELD naming `field`: longer than allowed, not
// well-formed UTF-8, or with control characters that `lines` does not allow.
absl::Status CheckWords(const FieldPath& field, std::string_view text, size_t max_bytes, Lines lines);

}  // namespace seisaku
