// Every error that more than one layer makes, named for the fact. The reason of each is in
// proto/REASONS.md; a service's own errors stand in its domain/errors.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "services/base/status.h"

namespace seisaku::errors {

// INVALID_ARGUMENT INVALID_FIELD: `field` holds something that cannot be right.
absl::Status InvalidField(std::string_view field, std::string_view what_would_be_right);
// INVALID_ARGUMENT REQUIRED_FIELD: `field` is empty.
absl::Status RequiredField(std::string_view field);
// NOT_FOUND RESOURCE_NOT_FOUND: metadata `resource` is the name asked for.
absl::Status NotFound(std::string_view resource);
// ALREADY_EXISTS RESOURCE_EXISTS.
absl::Status AlreadyExists(std::string_view resource);
// ABORTED ETAG_MISMATCH: metadata `resource`, `expected` (the caller's), `actual`.
absl::Status EtagMismatch(std::string_view resource, std::string_view expected, std::string_view actual);
// INVALID_ARGUMENT REQUEST_ID_REUSED: the id was used before with another body.
absl::Status RequestIdReused(std::string_view request_id);
// PERMISSION_DENIED: metadata `subject`, `needed`.
absl::Status RoleRequired(std::string_view subject, std::string_view needed_roles);  // ROLE_REQUIRED
absl::Status DepartmentScope(std::string_view subject, std::string_view resource,
                             std::string_view department);  // DEPARTMENT_SCOPE
// UNAUTHENTICATED CERTIFICATE_UNUSABLE: the client certificate names no subject that we know how to read.
absl::Status CertificateUnusable(std::string_view why);
// RESOURCE_EXHAUSTED with RetryInfo: QUEUE_FULL.
absl::Status QueueFull();
// INVALID_ARGUMENT COMMAND_TOO_LARGE: metadata `limit`, `actual`, `unit`.
absl::Status CommandTooLarge(std::string_view unit, int64_t limit, int64_t actual);
// UNAVAILABLE with RetryInfo: STORAGE_UNAVAILABLE (PostgreSQL does not answer), CLOCK_UNSOUND,
// LOG_NOT_READY (still folding), SHUTTING_DOWN.
absl::Status StorageUnavailable(std::string_view why);
absl::Status ClockUnsound(std::string_view why);
absl::Status NotReady(std::string_view why);
absl::Status ShuttingDown();
// DATA_LOSS LOG_CORRUPT: what is stored cannot be what was committed; metadata `position`.
absl::Status LogCorrupt(uint64_t position, std::string_view why);
// DEADLINE_EXCEEDED POSITION_NOT_REACHED: `min_position` was not published in time.
absl::Status PositionNotReached(uint64_t wanted, uint64_t reached);
// OUT_OF_RANGE POSITION_BEYOND_END: `as_of` lies beyond the published log.
absl::Status PositionBeyondEnd(uint64_t wanted, uint64_t size);

}  // namespace seisaku::errors
