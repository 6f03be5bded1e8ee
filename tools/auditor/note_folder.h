// Where a witness keeps what it has seen of one log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace seisaku::auditor {

// A directory with the newest checkpoint that was accepted ("accepted.note"), one of each size that was ever
// accepted ("accepted-SIZE-TIME.note", with the first cosignature of that size), and the evidence of what was
// refused. So it grows by a note only when the log has grown. While one lives, another process that opens the
// same directory waits. Files are whole and durable when a function returns, or as they were before. Errors
// are FAILED_PRECONDITION WITNESS_FOLDER_UNUSABLE, metadata `file` and `why`.
class NoteFolder {
 public:
  // Makes the directory where there is none.
  static absl::StatusOr<NoteFolder> Open(const std::string& directory);
  NoteFolder(NoteFolder&& other) noexcept;
  ~NoteFolder();

  // Where the newest checkpoint is kept.
  std::string accepted_path() const;
  // The error for what is kept there being none.
  absl::Status Unusable(std::string_view why) const;
  // nullopt: nothing was accepted yet.
  absl::StatusOr<std::optional<std::string>> ReadAccepted() const;
  absl::Status KeepAccepted(std::string_view note) const;
  // Keeps a note that was accepted under its size and the time of its cosignature (nullopt: not known),
  // unless there is one of that size already.
  absl::Status KeepDated(uint64_t size, std::optional<absl::Time> at, std::string_view note) const;
  // Keeps a note under a name that says what it is, and returns the path.
  absl::StatusOr<std::string> KeepEvidence(std::string_view name, std::string_view note) const;

 private:
  NoteFolder(std::string directory, int lock) : directory_(std::move(directory)), lock_(lock) {}
  std::string Path(std::string_view name) const;
  absl::StatusOr<bool> HasDated(uint64_t size) const;
  absl::Status Keep(const std::string& path, std::string_view content) const;

  std::string directory_;
  int lock_;  // the directory itself, open and locked; -1: moved from
};

// The notes that were accepted in `directory`, each with its path: those of all sizes, and "accepted.note",
// ascending by name. Does not wait for a witness that is at work there. WITNESS_FOLDER_UNUSABLE; no notes
// where there are none.
struct KeptNote {
  std::string file;
  std::string note;
};
absl::StatusOr<std::vector<KeptNote>> ReadAllAccepted(const std::string& directory);

}  // namespace seisaku::auditor
