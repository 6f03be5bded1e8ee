// Where a witness keeps what it has seen of one log.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace seisaku::auditor {

// A directory with the newest checkpoint that was accepted ("accepted.note") and the evidence of what was
// refused. While one lives, another process that opens the same directory waits. Files are whole and durable
// when a function returns, or as they were before. Errors are FAILED_PRECONDITION WITNESS_FOLDER_UNUSABLE,
// metadata `file` and `why`.
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
  // Keeps a note under a name that says what it is, and returns the path.
  absl::StatusOr<std::string> KeepEvidence(std::string_view name, std::string_view note) const;

 private:
  NoteFolder(std::string directory, int lock) : directory_(std::move(directory)), lock_(lock) {}
  std::string Path(std::string_view name) const;
  absl::Status Keep(const std::string& path, std::string_view content) const;

  std::string directory_;
  int lock_;  // the directory itself, open and locked; -1: moved from
};

}  // namespace seisaku::auditor
