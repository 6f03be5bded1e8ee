// A log that a service serves.
#pragma once

#include <memory>

#include "tools/auditor/log_client.h"
#include "tools/auditor/verify/log_source.h"
#include "tools/bundle/trust.h"

namespace seisaku::auditor {

// The log behind `client`, up to its newest checkpoint. Errors: the service's.
absl::StatusOr<std::unique_ptr<LogSource>> OpenLiveLog(LogKind kind, std::unique_ptr<LogClient> client,
                                                       std::string place, const bundle::Trust& trust);

}  // namespace seisaku::auditor
