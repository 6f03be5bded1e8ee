// The names that stand in for what was lost on paper.
#pragma once

#include <string_view>

namespace seisaku::documents {

inline constexpr std::string_view kLostName = "〔名称欠落〕";
inline constexpr std::string_view kLostKpiName = "〔指標名欠落〕";

}  // namespace seisaku::documents
