#include "tools/auditor/export.h"

#include <algorithm>
#include <set>
#include <utility>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/log/v1/bundle.pb.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/files.h"
#include "services/base/status.h"
#include "tools/bundle/bundle.h"
#include "tools/bundle/errors.h"

namespace seisaku::auditor {
namespace {

using google::protobuf::FileDescriptor;

constexpr uint64_t kPage = 1000;

// `file` and what it imports, each after what it needs itself.
void AddFile(const FileDescriptor& file, std::set<const FileDescriptor*>& added,
             google::protobuf::FileDescriptorSet& set) {
  if (!added.insert(&file).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) AddFile(*file.dependency(i), added, set);
  file.CopyTo(set.add_file());
}

}  // namespace

absl::StatusOr<ledger::Checkpoint> ExportLog(LogClient& log, const bundle::Trust& trust,
                                             const std::string& folder,
                                             absl::FunctionRef<void(uint64_t done, uint64_t all)> progress) {
  ASSIGN_OR_RETURN(const std::string note, log.GetCheckpoint(0));
  ASSIGN_OR_RETURN(ledger::Checkpoint checkpoint, trust.Open(note));
  ASSIGN_OR_RETURN(bundle::Writer writer, bundle::Writer::Open(folder, checkpoint.origin));
  if (writer.size() > checkpoint.size) {
    return errors::BundleInvalid(checkpoint.size, "what was exported before is longer than the log is now");
  }
  while (writer.size() < checkpoint.size) {
    const auto wanted = static_cast<uint32_t>(std::min(kPage, checkpoint.size - writer.size()));
    ASSIGN_OR_RETURN(const log::v1::ReadEntriesResponse page, log.ReadEntries(writer.size(), wanted));
    if (page.entries().empty()) return errors::BundleInvalid(writer.size(), "the service has no entry");
    for (const log::v1::StoredEntry& entry : page.entries()) RETURN_IF_ERROR(writer.Add(entry));
    progress(writer.size(), checkpoint.size);
  }
  RETURN_IF_ERROR(writer.Finish(checkpoint, note));
  return checkpoint;
}

absl::Status WriteContracts(const std::string& folder) {
  google::protobuf::FileDescriptorSet set;
  std::set<const FileDescriptor*> added;
  for (const auto* message : {log::v1::BundleManifest::descriptor(), log::v1::StoredEntry::descriptor(),
                              log::v1::Entry::descriptor(), log::v1::LogEvent::descriptor(),
                              catalog::v1::Event::descriptor(), progress::v1::Event::descriptor()}) {
    AddFile(*message->file(), added, set);
  }
  const std::string file = folder + "/contracts.binpb";
  const absl::Status written = WriteDurably(file, set.SerializeAsString());
  return written.ok() ? written : errors::BundleUnwritable(file, std::string(written.message()));
}

}  // namespace seisaku::auditor
