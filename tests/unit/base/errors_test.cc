#include "services/base/errors.h"

#include <map>
#include <regex>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace seisaku {
namespace {

using absl::StatusCode;
using testing::IsSupersetOf;

struct ErrorCase {
  absl::Status status;
  StatusCode code;
  std::string reason;
  std::map<std::string, std::string> metadata;
  std::string field;  // of the one violation; "" for none
  bool retry = false;
};

std::vector<ErrorCase> AllErrors() {
  const std::string why = "because";
  return {
      {errors::InvalidField("unit", expected::AT_MOST_BYTES, {{"max", 10}, {"actual", 11}}),
       StatusCode::kInvalidArgument,
       "INVALID_FIELD",
       {{"field", "unit"}, {"expected", "AT_MOST_BYTES"}, {"max", "10"}, {"actual", "11"}},
       "unit"},
      {errors::Unreadable("INVALID_DECIMAL", "1,0", expected::COMMA_GROUPS),
       StatusCode::kInvalidArgument,
       "INVALID_DECIMAL",
       {{"value", "1,0"}, {"expected", "COMMA_GROUPS"}},
       ""},
      {errors::RequiredField("title"),
       StatusCode::kInvalidArgument,
       "REQUIRED_FIELD",
       {{"field", "title"}},
       "title"},
      {errors::NotFound("plans/p"),
       StatusCode::kNotFound,
       "RESOURCE_NOT_FOUND",
       {{"resource", "plans/p"}},
       ""},
      {errors::AlreadyExists("plans/p"),
       StatusCode::kAlreadyExists,
       "RESOURCE_EXISTS",
       {{"resource", "plans/p"}},
       ""},
      {errors::EtagMismatch("plans/p", "3", "7"),
       StatusCode::kAborted,
       "ETAG_MISMATCH",
       {{"resource", "plans/p"}, {"expected", "3"}, {"actual", "7"}},
       ""},
      {errors::RequestIdReused("id"),
       StatusCode::kInvalidArgument,
       "REQUEST_ID_REUSED",
       {{"request_id", "id"}},
       "request_id"},
      {errors::RoleRequired("cn=a", "planner, operator"),
       StatusCode::kPermissionDenied,
       "ROLE_REQUIRED",
       {{"subject", "cn=a"}, {"needed", "planner, operator"}},
       ""},
      {errors::DepartmentScope("cn=a", "plans/p/kpis/k", "dept-1"),
       StatusCode::kPermissionDenied,
       "DEPARTMENT_SCOPE",
       {{"subject", "cn=a"}, {"needed", "dept-1"}, {"resource", "plans/p/kpis/k"}},
       ""},
      {errors::CertificateUnusable(expected::CALLER_URI, {{"form", "f"}, {"actual", "a"}}),
       StatusCode::kUnauthenticated,
       "CERTIFICATE_UNUSABLE",
       {{"expected", "CALLER_URI"}, {"form", "f"}, {"actual", "a"}},
       ""},
      {errors::QueueFull(), StatusCode::kResourceExhausted, "QUEUE_FULL", {}, "", true},
      {errors::CommandTooLarge("bytes", 10, 11),
       StatusCode::kInvalidArgument,
       "COMMAND_TOO_LARGE",
       {{"unit", "bytes"}, {"limit", "10"}, {"actual", "11"}},
       ""},
      {errors::StorageUnavailable(why),
       StatusCode::kUnavailable,
       "STORAGE_UNAVAILABLE",
       {{"why", why}},
       "",
       true},
      {errors::ClockUnsound(absl::UnixEpoch(), absl::FromUnixSeconds(1)),
       StatusCode::kUnavailable,
       "CLOCK_UNSOUND",
       {{"database", "1970-01-01T00:00:00+00:00"}, {"reference", "1970-01-01T00:00:01+00:00"}},
       "",
       true},
      {errors::OutcomeUnknown("id"),
       StatusCode::kDeadlineExceeded,
       "OUTCOME_UNKNOWN",
       {{"request_id", "id"}},
       ""},
      {errors::ShuttingDown(), StatusCode::kUnavailable, "SHUTTING_DOWN", {}, "", true},
      {errors::LogCorrupt(18446744073709551615u, why),
       StatusCode::kDataLoss,
       "LOG_CORRUPT",
       {{"position", "18446744073709551615"}, {"why", why}},
       ""},
      {errors::PositionNotReached(9, 4),
       StatusCode::kDeadlineExceeded,
       "POSITION_NOT_REACHED",
       {{"wanted", "9"}, {"reached", "4"}},
       ""},
      {errors::PositionBeyondEnd(9, 4),
       StatusCode::kOutOfRange,
       "POSITION_BEYOND_END",
       {{"wanted", "9"}, {"size", "4"}},
       ""},
  };
}

TEST(ErrorsTest, EveryErrorHasItsCodeReasonAndFacts) {
  for (const ErrorCase& expected : AllErrors()) {
    SCOPED_TRACE(expected.reason);
    EXPECT_EQ(expected.status.code(), expected.code);
    auto info = GetErrorInfo(expected.status);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->reason(), expected.reason);
    std::map<std::string, std::string> metadata(info->metadata().begin(), info->metadata().end());
    EXPECT_THAT(metadata, IsSupersetOf(expected.metadata));
  }
}

TEST(ErrorsTest, FieldsThatAreWrongAreNamedInABadRequest) {
  for (const ErrorCase& expected : AllErrors()) {
    SCOPED_TRACE(expected.reason);
    auto bad_request = GetBadRequest(expected.status);
    ASSERT_EQ(bad_request.has_value(), !expected.field.empty());
    if (!bad_request) continue;
    ASSERT_EQ(bad_request->field_violations_size(), 1);
    EXPECT_EQ(bad_request->field_violations(0).field(), expected.field);
    EXPECT_FALSE(bad_request->field_violations(0).description().empty());
  }
}

TEST(ErrorsTest, WhatPassesByItselfSaysWhenToRetry) {
  for (const ErrorCase& expected : AllErrors()) {
    SCOPED_TRACE(expected.reason);
    auto retry = GetRetryInfo(expected.status);
    ASSERT_EQ(retry.has_value(), expected.retry);
    if (!retry) continue;
    EXPECT_GT(retry->retry_delay().seconds() + retry->retry_delay().nanos(), 0);
  }
}

// AIP-193: reasons are UPPER_SNAKE of at most 63 characters, metadata keys begin with a lower-case letter.
TEST(ErrorsTest, ReasonsAndMetadataKeysHaveTheFormOfErrorInfo) {
  for (const ErrorCase& expected : AllErrors()) {
    auto info = GetErrorInfo(expected.status);
    ASSERT_TRUE(info);
    EXPECT_TRUE(std::regex_match(info->reason(), std::regex("[A-Z][A-Z0-9_]{0,61}[A-Z0-9]")));
    for (const auto& [key, value] : info->metadata()) {
      EXPECT_TRUE(std::regex_match(key, std::regex("[a-z][a-zA-Z0-9_-]{1,63}"))) << key;
      EXPECT_FALSE(value.empty()) << key;
    }
  }
}

}  // namespace
}  // namespace seisaku
