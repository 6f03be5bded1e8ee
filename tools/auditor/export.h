// A log as files.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/key.h"
#include "tools/auditor/log_client.h"

namespace seisaku::auditor {

// Writes the whole log with its texts as a bundle (tools/bundle) into `folder`, and returns the checkpoint to
// which its entries add up. Holds one page of entries in memory. A text that is withdrawn meanwhile may be
// missing without an entry that says so: BUNDLE_INVALID; exporting again mends it. Further errors: the
// service's, OpenCheckpoint's, BUNDLE_UNUSABLE.
absl::StatusOr<ledger::Checkpoint> ExportLog(LogClient& log, const ledger::VerifierKey& key,
                                             const std::string& folder);

}  // namespace seisaku::auditor
