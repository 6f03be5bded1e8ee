// Evidence in words.
#pragma once

#include <string>
#include <string_view>

#include "tools/auditor/evidence/evidence.h"

namespace seisaku::auditor {

// "NOT_REPLACED", …
std::string_view CodeOf(Claim::Kind kind);

// The command that shows, from the whole logs, whether what is claimed of `evaluation` is so.
std::string ReplayCommand(const std::string& evaluation);

}  // namespace seisaku::auditor
