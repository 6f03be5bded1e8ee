// What would have been right, in both languages.
#pragma once

#include <string_view>

#include "absl/types/span.h"
#include "services/base/expected.h"
#include "tools/policyctl/messages.h"

namespace seisaku::expected {

// The codes of policyctl's own files and options, beside those of the services.
#define SEISAKU_EXPECTED_HERE(code, english, japanese) inline constexpr Expectation code{#code, english};
#include "tools/policyctl/expected_here.inc"
#undef SEISAKU_EXPECTED_HERE

}  // namespace seisaku::expected

namespace seisaku::policyctl {

// The text of a code of either list, with the {parameters} of services/base/expected.h; nullptr for no such
// code.
const Text* FindExpectation(std::string_view code);

// All of them, for the test that they are complete.
absl::Span<const NamedText> AllExpectationTexts();

}  // namespace seisaku::policyctl
