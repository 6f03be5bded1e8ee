#include "tools/auditor/verify/since.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "services/base/files.h"
#include "services/base/status.h"
#include "services/ledger/tree/note.h"
#include "tools/auditor/note_folder.h"
#include "tools/bundle/errors.h"

namespace seisaku::auditor {
namespace {

absl::StatusOr<Evidence> ReadKept(const std::string& file, const std::string& note,
                                  const bundle::Trust& trust) {
  absl::StatusOr<Evidence> evidence = ReadEvidence(file, note, trust);
  if (ReasonOf(evidence.status()) == "MALFORMED") {
    return errors::BundleUnusable(file, std::string(evidence.status().message()));
  }
  if (!evidence.ok()) return WithMetadata(evidence.status(), {{"file", file}});
  evidence->kept_outside = true;
  return evidence;
}

absl::Status ReadFolder(const std::string& folder, const bundle::Trust& trust,
                        std::vector<Evidence>& evidences) {
  const absl::StatusOr<std::vector<KeptNote>> notes = ReadAllAccepted(folder);
  if (!notes.ok()) return errors::BundleUnusable(folder, std::string(notes.status().message()));
  if (notes->empty()) return errors::BundleUnusable(folder, "there is no accepted.note in it");
  const size_t first = evidences.size();
  for (const KeptNote& kept : *notes) {
    ASSIGN_OR_RETURN(Evidence evidence, ReadKept(kept.file, kept.note, trust));
    evidence.folder = folder;
    // The newest one is there twice; the one with the first cosignature says more.
    const bool is_there =
        std::any_of(evidences.begin() + static_cast<std::ptrdiff_t>(first), evidences.end(),
                    [&](const Evidence& other) { return other.checkpoint == evidence.checkpoint; });
    if (!is_there) evidences.push_back(std::move(evidence));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Evidence>> ReadSince(const std::vector<std::string>& paths,
                                                const bundle::Trust& trust) {
  std::vector<Evidence> evidences;
  for (const std::string& path : paths) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
      RETURN_IF_ERROR(ReadFolder(path, trust, evidences));
      continue;
    }
    const absl::StatusOr<std::string> note = ReadRegularFile(path, ledger::kMaxNoteBytes, Links::kFollow);
    if (!note.ok()) return errors::BundleUnusable(path, std::string(note.status().message()));
    ASSIGN_OR_RETURN(Evidence evidence, ReadKept(path, *note, trust));
    evidences.push_back(std::move(evidence));
  }
  return evidences;
}

}  // namespace seisaku::auditor
