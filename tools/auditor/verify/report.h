// What came of verifying, for people and for programs.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "tools/auditor/verify/verify.h"
#include "tools/policyctl/csv_file.h"
#include "tools/policyctl/messages.h"

namespace seisaku::auditor {

std::string InWords(const VerifyReport& report, policyctl::Language language);
// {"proven": …, "logs": [{"log", "origin", "size", "provenSize", "beyond", …, "checkpoints": […],
// "previous": {"origin", "lostSize", "savedSize", "reason", "checkpoints": [{"relation": "NAMED", …}]},
// "violations": {"count", "byCode", "first": {"position", "below", "code", "expected", "found"}}}]}
std::string ToJson(const VerifyReport& report);
// One record for each log.
policyctl::Records ToRecords(const VerifyReport& report);

// OK where everything is proven. DATA_LOSS LOG_VIOLATED: the first violation, metadata `log`, `position` (or
// "< n"), `code`, `expected`, `found`, `more`; FAILED_PRECONDITION NOT_PROVEN: nothing contradicts the logs,
// and something that would prove them is missing; metadata `log`, `why`.
absl::Status ToStatus(const VerifyReport& report);

}  // namespace seisaku::auditor
