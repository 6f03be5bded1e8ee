// Every error that more than one layer makes, named for the fact. The reason of each is in
// proto/REASONS.md; a service's own errors stand in its domain/errors.h.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/base/expected.h"
#include "services/base/status.h"

namespace seisaku::errors {

// INVALID_ARGUMENT INVALID_FIELD: `field` holds something that cannot be right. Metadata `field`, `expected`
// (the code) and the facts under their names.
absl::Status InvalidField(std::string_view field, const Expectation& expectation, Facts facts = {});
// INVALID_ARGUMENT, `reason` one of INVALID_DECIMAL, INVALID_YEAR, INVALID_DATE: `value` cannot be read.
// Metadata `value`, which is one of the facts, `expected` and the other facts.
absl::Status Unreadable(std::string_view reason, std::string_view value, const Expectation& expectation,
                        std::vector<Fact> facts = {});
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
// Metadata `expected` and the facts.
absl::Status CertificateUnusable(const Expectation& expectation, Facts facts = {});
// RESOURCE_EXHAUSTED with RetryInfo: QUEUE_FULL.
absl::Status QueueFull();
// INVALID_ARGUMENT COMMAND_TOO_LARGE: metadata `limit`, `actual`, `unit`.
absl::Status CommandTooLarge(std::string_view unit, int64_t limit, int64_t actual);
// UNAVAILABLE with RetryInfo: STORAGE_UNAVAILABLE (PostgreSQL does not answer), CLOCK_UNSOUND (metadata
// `database`, the time that PostgreSQL's clock shows, and `reference`, the one that it should be near: RFC
// 3339), SHUTTING_DOWN.
absl::Status StorageUnavailable(std::string_view why);
absl::Status ClockUnsound(absl::Time database, absl::Time reference);
absl::Status ShuttingDown();
// DEADLINE_EXCEEDED OUTCOME_UNKNOWN: the change may have been made; metadata `request_id`.
absl::Status OutcomeUnknown(std::string_view request_id);
// DATA_LOSS LOG_CORRUPT: what is stored cannot be what was committed; metadata `position`.
absl::Status LogCorrupt(uint64_t position, std::string_view why);
// NOT_FOUND TEXT_NOT_FOUND: the log has no text `index` at `position`, and never had; metadata both.
absl::Status TextNotFound(uint64_t position, uint32_t index);
// DEADLINE_EXCEEDED POSITION_NOT_REACHED: `min_position` was not published in time.
absl::Status PositionNotReached(uint64_t wanted, uint64_t reached);
// OUT_OF_RANGE POSITION_BEYOND_END: `as_of` lies beyond the published log.
absl::Status PositionBeyondEnd(uint64_t wanted, uint64_t size);

}  // namespace seisaku::errors
