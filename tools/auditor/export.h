// Logs as files.
#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "services/ledger/tree/checkpoint.h"
#include "tools/auditor/log_client.h"
#include "tools/bundle/trust.h"

namespace seisaku::auditor {

// Writes the whole log with its texts as a bundle (tools/bundle) into `folder`, and returns the checkpoint to
// which its entries add up. Holds one page of entries in memory. What an export that was ended has left there
// is gone on with. A text that is withdrawn meanwhile may be missing without an entry that says so:
// BUNDLE_INVALID; exporting again mends it. Further errors: the service's, OpenCheckpoint's, bundle::Trust's,
// OUTPUT_UNWRITABLE.
absl::StatusOr<ledger::Checkpoint> ExportLog(LogClient& log, const bundle::Trust& trust,
                                             const std::string& folder,
                                             absl::FunctionRef<void(uint64_t done, uint64_t all)> progress);

// Writes the contracts of the logs' entries, a google.protobuf.FileDescriptorSet, to
// `folder`/contracts.binpb: what somebody needs besides bundle.proto to read them. OUTPUT_UNWRITABLE.
absl::Status WriteContracts(const std::string& folder);

}  // namespace seisaku::auditor
