#include "tools/policyctl/exit_code.h"

#include <algorithm>
#include <string>

#include "services/base/status.h"

namespace seisaku::policyctl {
namespace {

// FAILED_PRECONDITION because of what is recorded already: somebody was here before.
constexpr std::string_view kConflicts[] = {"ACTUAL_EXISTS", "ACTUAL_MISSING"};
// FAILED_PRECONDITION of this machine, not of the input.
constexpr std::string_view kLocalFailures[] = {
    "PROFILES_MISSING",       "PROFILES_INVALID",       "PROFILE_UNKNOWN",       "ADDRESS_UNKNOWN",
    "CERTIFICATE_UNREADABLE", "OUTPUT_UNWRITABLE",      "OUTPUT_NOT_IN_CHARSET", "LOG_KEY_UNREADABLE",
    "LOG_KEY_MISSING",        "WITNESS_FOLDER_UNUSABLE"};

// ABORTED because not all could be taken; the rest is done.
constexpr std::string_view kLeftSomethingOut[] = {"IMPORT_INCOMPLETE", "IMPORT_WOULD_BE_INCOMPLETE"};

template <size_t n>
bool Contains(const std::string_view (&reasons)[n], const std::string& reason) {
  return std::find(std::begin(reasons), std::end(reasons), reason) != std::end(reasons);
}

ExitCode OfPrecondition(const std::string& reason) {
  if (Contains(kConflicts, reason)) return kConflict;
  if (Contains(kLocalFailures, reason)) return kFailed;
  return kInputRefused;
}

}  // namespace

ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kDone;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return kInputRefused;
    case absl::StatusCode::kFailedPrecondition:
      return OfPrecondition(ReasonOf(status));
    case absl::StatusCode::kNotFound:
      return kNotFound;
    case absl::StatusCode::kAborted:
      return Contains(kLeftSomethingOut, ReasonOf(status)) ? kIncomplete : kConflict;
    case absl::StatusCode::kAlreadyExists:
      return kConflict;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return kDenied;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return kUnavailable;
    default:
      return kFailed;
  }
}

}  // namespace seisaku::policyctl
