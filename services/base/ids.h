// Identifiers: resource ids people can read, UUIDs for requests and events.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/base/field_path.h"

namespace seisaku {

// A fresh UUIDv7 (RFC 9562 §5.7) in its 36-character lower-case form. Random bits from OpenSSL.
std::string NewUuid(absl::Time now = absl::Now());

// Whether `text` is a UUID in the 8-4-4-4-12 form, any version, either case.
bool IsUuid(std::string_view text);

// OK when `id` is [a-z0-9-]{1,63} and neither begins nor ends with '-'; else INVALID_FIELD naming `field`.
absl::Status ValidateId(const FieldPath& field, std::string_view id);

}  // namespace seisaku
