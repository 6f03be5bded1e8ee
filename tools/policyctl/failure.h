// How errors are told to people.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl {

// What the reason of an error means and what to do next.
struct Advice {
  std::string_view reason;
  Text what;  // what happened, in words
  Text next;  // what to do
};

// All reasons that have words of their own.
absl::Span<const Advice> AllAdvice();

// The error as lines for standard error, each ended by '\n': what failed, the fields, the reason with its
// metadata, what to do next. `command` is what was run ("actual record").
std::string DescribeFailure(Language language, std::string_view command, const absl::Status& status);

}  // namespace seisaku::policyctl
