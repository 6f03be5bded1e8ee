// A log that was exported.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/auditor/verify/log_source.h"
#include "tools/bundle/trust.h"

namespace seisaku::auditor {

// The log in `folder`, one of those that `auditor export` writes. What cannot be read there is a violation.
std::unique_ptr<LogSource> OpenBundledLog(LogKind kind, const std::string& folder,
                                          const bundle::Trust& trust);

// Whether there is a `folder`/contracts.binpb, which an export writes last.
bool HasContracts(const std::string& folder);

}  // namespace seisaku::auditor
