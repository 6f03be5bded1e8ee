#include "services/base/errors.h"

#include "fmt/format.h"

namespace seisaku::errors {
namespace {

using absl::StatusCode;

// How long a caller waits before it tries again: a queue drains within a batch or two, a failover of
// PostgreSQL takes seconds, a clock is set right by people.
constexpr absl::Duration kQueueRetry = absl::Milliseconds(200);
constexpr absl::Duration kStorageRetry = absl::Seconds(1);
constexpr absl::Duration kClockRetry = absl::Seconds(30);

absl::Status Unavailable(std::string_view reason, std::string_view message, Metadata metadata,
                         absl::Duration retry) {
  return WithRetryDelay(MakeError(StatusCode::kUnavailable, reason, message, std::move(metadata)), retry);
}

}  // namespace

absl::Status InvalidField(std::string_view field, const Expectation& expectation, Facts facts) {
  std::string right = Describe(expectation, facts);
  Metadata metadata = ToMetadata(expectation, facts);
  metadata.emplace_back("field", field);
  return MakeError(StatusCode::kInvalidArgument, "INVALID_FIELD", fmt::format("{}: {}", field, right),
                   std::move(metadata), {{std::string(field), std::move(right)}});
}

absl::Status Unreadable(std::string_view reason, std::string_view value, const Expectation& expectation,
                        std::vector<Fact> facts) {
  facts.emplace_back("value", value);
  return MakeError(StatusCode::kInvalidArgument, reason, Describe(expectation, facts),
                   ToMetadata(expectation, facts));
}

absl::Status RequiredField(std::string_view field) {
  return MakeError(StatusCode::kInvalidArgument, "REQUIRED_FIELD", fmt::format("{} is required", field),
                   {{"field", std::string(field)}}, {{std::string(field), "required, but empty"}});
}

absl::Status NotFound(std::string_view resource) {
  return MakeError(StatusCode::kNotFound, "RESOURCE_NOT_FOUND", fmt::format("{} does not exist", resource),
                   {{"resource", std::string(resource)}});
}

absl::Status AlreadyExists(std::string_view resource) {
  return MakeError(StatusCode::kAlreadyExists, "RESOURCE_EXISTS", fmt::format("{} exists already", resource),
                   {{"resource", std::string(resource)}});
}

absl::Status EtagMismatch(std::string_view resource, std::string_view expected, std::string_view actual) {
  return MakeError(
      StatusCode::kAborted, "ETAG_MISMATCH",
      fmt::format("{} has changed: its etag is {}, the request expected {}", resource, actual, expected),
      {{"resource", std::string(resource)},
       {"expected", std::string(expected)},
       {"actual", std::string(actual)}});
}

absl::Status RequestIdReused(std::string_view request_id) {
  return MakeError(StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
                   fmt::format("request_id {} was used before with another request", request_id),
                   {{"request_id", std::string(request_id)}},
                   {{"request_id", "a fresh UUID for each different request"}});
}

absl::Status RoleRequired(std::string_view subject, std::string_view needed_roles) {
  return MakeError(StatusCode::kPermissionDenied, "ROLE_REQUIRED",
                   fmt::format("{} needs one of the roles: {}", subject, needed_roles),
                   {{"subject", std::string(subject)}, {"needed", std::string(needed_roles)}});
}

absl::Status DepartmentScope(std::string_view subject, std::string_view resource,
                             std::string_view department) {
  return MakeError(
      StatusCode::kPermissionDenied, "DEPARTMENT_SCOPE",
      fmt::format("{} belongs to department {}, and {} may not report for it", resource, department, subject),
      {{"subject", std::string(subject)},
       {"needed", std::string(department)},
       {"resource", std::string(resource)}});
}

absl::Status CertificateUnusable(const Expectation& expectation, Facts facts) {
  return MakeError(
      StatusCode::kUnauthenticated, "CERTIFICATE_UNUSABLE",
      fmt::format("the client certificate cannot be used; needed is {}", Describe(expectation, facts)),
      ToMetadata(expectation, facts));
}

absl::Status QueueFull() {
  return WithRetryDelay(MakeError(StatusCode::kResourceExhausted, "QUEUE_FULL",
                                  "more commands are waiting than this replica accepts"),
                        kQueueRetry);
}

absl::Status CommandTooLarge(std::string_view unit, int64_t limit, int64_t actual) {
  return MakeError(
      StatusCode::kInvalidArgument, "COMMAND_TOO_LARGE",
      fmt::format("the command has {} {}; at most {} are accepted", actual, unit, limit),
      {{"unit", std::string(unit)}, {"limit", fmt::to_string(limit)}, {"actual", fmt::to_string(actual)}});
}

absl::Status StorageUnavailable(std::string_view why) {
  return Unavailable("STORAGE_UNAVAILABLE", fmt::format("PostgreSQL does not answer: {}", why),
                     {{"why", std::string(why)}}, kStorageRetry);
}

absl::Status ClockUnsound(absl::Time database, absl::Time reference) {
  std::string shown = absl::FormatTime(database, absl::UTCTimeZone());
  std::string near = absl::FormatTime(reference, absl::UTCTimeZone());
  return Unavailable("CLOCK_UNSOUND",
                     fmt::format("PostgreSQL's clock shows {}, too far from {}", shown, near),
                     {{"database", shown}, {"reference", near}}, kClockRetry);
}

absl::Status ShuttingDown() {
  return Unavailable("SHUTTING_DOWN", "this replica is shutting down", {}, kStorageRetry);
}

absl::Status OutcomeUnknown(std::string_view request_id) {
  return MakeError(StatusCode::kDeadlineExceeded, "OUTCOME_UNKNOWN",
                   "the outcome is not known; repeat with the same request_id",
                   {{"request_id", std::string(request_id)}});
}

absl::Status LogCorrupt(uint64_t position, std::string_view why) {
  return MakeError(StatusCode::kDataLoss, "LOG_CORRUPT",
                   fmt::format("the log is damaged at position {}: {}", position, why),
                   {{"position", fmt::to_string(position)}, {"why", std::string(why)}});
}

absl::Status TextNotFound(uint64_t position, uint32_t index) {
  return MakeError(StatusCode::kNotFound, "TEXT_NOT_FOUND",
                   fmt::format("the log has no text {} at position {}", index, position),
                   {{"position", fmt::to_string(position)}, {"index", fmt::to_string(index)}});
}

absl::Status PositionNotReached(uint64_t wanted, uint64_t reached) {
  return MakeError(
      StatusCode::kDeadlineExceeded, "POSITION_NOT_REACHED",
      fmt::format("position {} was not published in time; this replica is at {}", wanted, reached),
      {{"wanted", fmt::to_string(wanted)}, {"reached", fmt::to_string(reached)}});
}

absl::Status PositionBeyondEnd(uint64_t wanted, uint64_t size) {
  return MakeError(StatusCode::kOutOfRange, "POSITION_BEYOND_END",
                   fmt::format("position {} lies beyond the log, whose size is {}", wanted, size),
                   {{"wanted", fmt::to_string(wanted)}, {"size", fmt::to_string(size)}});
}

}  // namespace seisaku::errors
