// How errors are told to people.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl {

// What the reason of an error means and what to do next. A {name} in the texts is filled with that metadata
// of the error, but for {field} (the field at fault with the option that it came from), {expected} (the
// expectation in words, where it is a code), {place} (file:line:column), {help} (the command that shows help)
// and {reader} (below which the commands are that show what there is).
struct Advice {
  std::string_view reason;
  Text what;  // what happened, in words
  Text next;  // what to do
};

// All reasons that have words of their own.
absl::Span<const Advice> AllAdvice();

// The error as lines for standard error, each ended by '\n': what failed, the fields and the place that this
// does not name, what the system below said, the reason with the facts that were not told, what to do next.
// What the error holds, whoever made it, is told as VisibleLine shows it.
// The error's own message is English and left out, but for a reason that has no advice. `command` is what was
// run ("policyctl actual record"), `reader` what stands before the words of a command that reads
// ("policyctl").
std::string DescribeFailure(Language language, std::string_view command, std::string_view reader,
                            const absl::Status& status);

}  // namespace seisaku::policyctl
