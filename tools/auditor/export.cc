#include "tools/auditor/export.h"

#include <algorithm>
#include <utility>

#include "services/base/status.h"
#include "tools/bundle/bundle.h"
#include "tools/bundle/errors.h"

namespace seisaku::auditor {
namespace {

constexpr uint64_t kPage = 1000;

}  // namespace

absl::StatusOr<ledger::Checkpoint> ExportLog(LogClient& log, const ledger::VerifierKey& key,
                                             const std::string& folder) {
  ASSIGN_OR_RETURN(const std::string note, log.GetCheckpoint(0));
  ASSIGN_OR_RETURN(ledger::Checkpoint checkpoint, ledger::OpenCheckpoint(note, key.name(), key));
  ASSIGN_OR_RETURN(bundle::Writer writer, bundle::Writer::Create(folder, checkpoint.origin));
  while (writer.size() < checkpoint.size) {
    const auto wanted = static_cast<uint32_t>(std::min(kPage, checkpoint.size - writer.size()));
    ASSIGN_OR_RETURN(const log::v1::ReadEntriesResponse page, log.ReadEntries(writer.size(), wanted));
    if (page.entries().empty()) return errors::BundleInvalid(writer.size(), "the service has no entry");
    for (const log::v1::StoredEntry& entry : page.entries()) RETURN_IF_ERROR(writer.Add(entry));
  }
  RETURN_IF_ERROR(writer.Finish(checkpoint, note));
  return checkpoint;
}

}  // namespace seisaku::auditor
