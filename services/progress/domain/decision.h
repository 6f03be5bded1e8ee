// What the decisions of several aggregates share.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "services/progress/domain/verb.h"
#include "services/progress/domain/view.h"

namespace seisaku::progress {

inline constexpr size_t kMaxTextBytes = 65'536;  // of words, and of the reason of a difference

// OK, or PERMISSION_DENIED ROLE_REQUIRED, which names no field: the caller is none of `makers`.
absl::Status CheckRole(const Caller& caller, Makers makers);

// The KPI called `name`, which the row's subject holds and which is part of the plan in that year, if the
// caller may change it in that year. Errors name the subject, or the field `reporting_year` beside it.
absl::StatusOr<catalog::KpiAt> RequireKpi(const Deciding& in, std::string_view name, int reporting_year);

}  // namespace seisaku::progress
