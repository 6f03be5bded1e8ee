// The project's version, such as "0.1.0". CMakeLists.txt at the top says it; nobody else does.
#pragma once

#include <string_view>

namespace seisaku {

extern const std::string_view kVersion;

}  // namespace seisaku
