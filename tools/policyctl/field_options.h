// Which option a field of a request came from.
#pragma once

#include <string>
#include <string_view>

namespace seisaku::policyctl {

// "--value (actual.value.number.unit)" for a field that an option gave, "--etag" where both are called the
// same; any other field as it is.
std::string WithOption(std::string_view field);

}  // namespace seisaku::policyctl
