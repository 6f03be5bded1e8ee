// A damaged log as evidence.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/auditor/verify/log_source.h"
#include "tools/bundle/trust.h"

namespace seisaku::auditor {

// A log, and where its rows are besides, if in a database.
struct DamagedSource {
  std::unique_ptr<LogSource> source;
  std::string dsn;
};

// Writes what can be read of the logs into folders of `folder`, "catalog" and "progress", each as it is
// found, with all that is wrong with it (tools/bundle/forensic.h). Only one log of each kind. Errors: a place
// that cannot be reached; OUTPUT_UNWRITABLE; BUNDLE_FINISHED: there is something already.
absl::Status ExportForensic(std::vector<DamagedSource> sources, const bundle::Trust& trust,
                            const std::string& folder);

}  // namespace seisaku::auditor
