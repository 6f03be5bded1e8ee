// Errors as values: an absl::Status that carries google.rpc details as payloads, so that one
// mapping in services/rpc turns it into a google.rpc.Status and no fact lives only in the message.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"

namespace seisaku {

// The `domain` of every ErrorInfo that this project makes (AIP-193).
inline constexpr std::string_view kErrorDomain = "seisaku";

using Metadata = std::vector<std::pair<std::string, std::string>>;

// One request field that is wrong: its path as the caller would write it ("changes[3].kpi.unit"),
// and what would be right.
struct FieldViolation {
  std::string field;
  std::string description;
};

// A status with exactly one ErrorInfo (reason UPPER_SNAKE, listed in proto/REASONS.md), plus a
// BadRequest when `violations` is not empty. `message` is English and for developers.
absl::Status MakeError(absl::StatusCode code, std::string_view reason, std::string_view message,
                       Metadata metadata = {}, std::vector<FieldViolation> violations = {});

// The same status with a RetryInfo: the caller may try again after `delay`.
absl::Status WithRetryDelay(absl::Status status, absl::Duration delay);

// The same status with a BadRequest that names `field`, where it has none: so that a change among many, or an
// option, can be found.
absl::Status WithField(const absl::Status& status, std::string_view field);

// The same status with more metadata; without any ErrorInfo it is unchanged.
absl::Status WithMetadata(const absl::Status& status, const Metadata& more);

// The same status with `field_prefix` put before the field of every BadRequest violation, and before the
// metadata `field` ("changes[3]." + "kpi.unit"); unchanged where there is none.
absl::Status WithFieldPrefix(const absl::Status& status, std::string_view field_prefix);

// The details carried by a status; nullopt where it has none.
std::optional<google::rpc::ErrorInfo> GetErrorInfo(const absl::Status& status);
std::optional<google::rpc::BadRequest> GetBadRequest(const absl::Status& status);
std::optional<google::rpc::RetryInfo> GetRetryInfo(const absl::Status& status);

// The ErrorInfo's reason, or "" where there is none.
std::string ReasonOf(const absl::Status& status);

}  // namespace seisaku

#define SEISAKU_CONCAT_INNER(a, b) a##b
#define SEISAKU_CONCAT(a, b) SEISAKU_CONCAT_INNER(a, b)

// Evaluates an absl::Status expression; returns it from the enclosing function unless it is OK.
#define RETURN_IF_ERROR(expression)                                                              \
  do {                                                                                           \
    if (absl::Status seisaku_status = (expression); !seisaku_status.ok()) return seisaku_status; \
  } while (false)

// ASSIGN_OR_RETURN(Type name, expression of StatusOr<Type>): declares `name`, or returns the error.
#define ASSIGN_OR_RETURN(declaration, expression) \
  SEISAKU_ASSIGN_OR_RETURN(SEISAKU_CONCAT(seisaku_status_or_, __LINE__), declaration, expression)
#define SEISAKU_ASSIGN_OR_RETURN(temporary, declaration, expression) \
  auto temporary = (expression);                                     \
  if (!temporary.ok()) return temporary.status();                    \
  declaration = *std::move(temporary)
