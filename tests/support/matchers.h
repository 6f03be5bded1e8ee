// Matchers for errors as values. abseil 20220623 has none.
#pragma once

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "services/base/expected.h"
#include "services/base/status.h"

namespace seisaku {

namespace matchers_internal {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

template <typename Inner>
class IsOkAndHoldsMatcher {
 public:
  using is_gtest_matcher = void;

  explicit IsOkAndHoldsMatcher(Inner inner) : inner_(std::move(inner)) {}

  template <typename T>
  bool MatchAndExplain(const absl::StatusOr<T>& result, testing::MatchResultListener* listener) const {
    if (!result.ok()) {
      *listener << "whose status is " << result.status().ToString();
      return false;
    }
    *listener << "whose value is " << testing::PrintToString(*result) << " ";
    return testing::SafeMatcherCast<const T&>(inner_).MatchAndExplain(*result, listener);
  }
  void DescribeTo(std::ostream* out) const { *out << "is OK and holds the value expected"; }
  void DescribeNegationTo(std::ostream* out) const { *out << "is not OK or holds another value"; }

 private:
  Inner inner_;
};

}  // namespace matchers_internal

// EXPECT_THAT(status or StatusOr, IsOk()).
MATCHER(IsOk, negation ? "is an error" : "is OK") {
  *result_listener << "whose status is " << matchers_internal::StatusOf(arg).ToString();
  return matchers_internal::StatusOf(arg).ok();
}

// EXPECT_THAT(status or StatusOr, StatusIs(absl::StatusCode::kNotFound)).
MATCHER_P(StatusIs, code,
          std::string(negation ? "has another code than " : "has the code ") +
              absl::StatusCodeToString(code)) {
  *result_listener << "whose status is " << matchers_internal::StatusOf(arg).ToString();
  return matchers_internal::StatusOf(arg).code() == code;
}

// EXPECT_THAT(status or StatusOr, HasReason("ETAG_MISMATCH")): the reason of its ErrorInfo.
MATCHER_P(HasReason, reason,
          std::string(negation ? "has another reason than " : "has the reason ") + std::string(reason)) {
  const absl::Status& status = matchers_internal::StatusOf(arg);
  *result_listener << "whose reason is \"" << ReasonOf(status) << "\" and whose status is "
                   << status.ToString();
  return ReasonOf(status) == reason;
}

// EXPECT_THAT(status or StatusOr, HasItsFacts()): where it says what was expected, the code is known and the
// metadata has every parameter.
MATCHER(HasItsFacts, negation ? "lacks a fact" : "has every fact that its expectation names") {
  const auto info = GetErrorInfo(matchers_internal::StatusOf(arg));
  if (!info || !info->reason().starts_with("INVALID_")) return true;
  for (const Expectation& expectation : AllExpectations()) {
    const auto code = info->metadata().find("expected");
    if (code == info->metadata().end() || code->second != expectation.code) continue;
    for (const std::string& place : PlacesOf(expectation.english)) {
      if (info->metadata().contains(place)) continue;
      *result_listener << "which has no " << place;
      return false;
    }
    return true;
  }
  *result_listener << "whose expectation is unknown";
  return false;
}

// EXPECT_THAT(StatusOr, IsOkAndHolds(value or matcher)).
template <typename Inner>
auto IsOkAndHolds(Inner&& inner) {
  return matchers_internal::IsOkAndHoldsMatcher<std::decay_t<Inner>>(std::forward<Inner>(inner));
}

// The value of a StatusOr in a test: `ASSERT_OK_AND_ASSIGN(Type name, expression);`.
#define ASSERT_OK_AND_ASSIGN(declaration, expression) \
  SEISAKU_ASSERT_OK_AND_ASSIGN(SEISAKU_CONCAT(seisaku_result_, __LINE__), declaration, expression)
#define SEISAKU_ASSERT_OK_AND_ASSIGN(temporary, declaration, expression) \
  auto temporary = (expression);                                         \
  ASSERT_THAT(temporary, ::seisaku::IsOk());                             \
  declaration = *std::move(temporary)

}  // namespace seisaku
