// Bounds of texts that come from people and documents. Stored text is never changed, only refused.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "seisaku/type/v1/source.pb.h"
#include "services/base/words.h"
#include "services/domain/value.h"

namespace seisaku {

inline constexpr size_t kMaxTitleBytes = 4096;       // of nodes and KPIs
inline constexpr size_t kMaxShortTitleBytes = 1024;  // of plans and departments
inline constexpr size_t kMaxLabelBytes = 255;        // levels, components, units, numbers as printed
inline constexpr size_t kMaxPrintedBytes = 4096;     // a cell
inline constexpr size_t kMaxNoteBytes = 1024;        // what stands beside a number

// Each returns OK, or INVALID_ARGUMENT naming `field`: REQUIRED_FIELD when it is empty and may not be, else
// INVALID_FIELD: longer than allowed, not well-formed UTF-8, or with control characters.

// 1 to `max_bytes` bytes on one line: no control characters at all.
absl::Status CheckTitle(const FieldPath& field, std::string_view text, size_t max_bytes);
// The same, but may be empty; at most kMaxLabelBytes.
absl::Status CheckLabel(const FieldPath& field, std::string_view text);
// May be empty; tabs and line breaks are allowed.
absl::Status CheckText(const FieldPath& field, std::string_view text, size_t max_bytes);

// The texts of a value, and that words have neither qualifier nor note. A note is one line.
absl::Status CheckValue(const FieldPath& field, const Value& value);
// What a value prints says its number, where it can be read as one number with a unit, or none: 33万人 is
// 33 万人 and 330,000 人, 約500人 and 60人以上 are 500 and 60 人, 2時間半 is 150 分. What says more than one
// number (45件(R5.3末), 2時間30分, 120人*1) is not asked. Not part of CheckValue: earlier builds did not ask,
// so that only values that a change brings are asked.
absl::Status CheckPrinted(const FieldPath& field, const Value& value);
// Where a change was read.
absl::Status CheckSource(const FieldPath& field, const type::v1::SourceCell& source);

}  // namespace seisaku
