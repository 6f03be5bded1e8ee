// Which option a field of a request came from.
#pragma once

#include <string>
#include <string_view>

#include "tools/policyctl/messages.h"

namespace seisaku::policyctl {

// "--value (actual.value.number.unit)", in Japanese 「--value（実績値の単位）」, for a field that an option
// gave;
// "--etag" where both are called the same; any other field as FieldInWords has it.
std::string WithOption(Language language, std::string_view field);

}  // namespace seisaku::policyctl
