#include "tools/auditor/note_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "fmt/format.h"
#include "services/base/files.h"
#include "services/base/status.h"
#include "services/ledger/tree/note.h"

namespace seisaku::auditor {
namespace {

constexpr std::string_view kAccepted = "accepted.note";

absl::Status Unusable(const std::string& file, std::string_view why = std::strerror(errno)) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "WITNESS_FOLDER_UNUSABLE",
                   fmt::format("{}: {}", file, why), {{"file", file}, {"why", std::string(why)}});
}

}  // namespace

absl::StatusOr<NoteFolder> NoteFolder::Open(const std::string& directory) {
  if (mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) return auditor::Unusable(directory);
  const int lock = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0) return auditor::Unusable(directory);
  NoteFolder folder(directory, lock);
  if (flock(lock, LOCK_EX) != 0) return auditor::Unusable(directory);
  return folder;
}

NoteFolder::NoteFolder(NoteFolder&& other) noexcept
    : directory_(std::move(other.directory_)), lock_(std::exchange(other.lock_, -1)) {}

NoteFolder::~NoteFolder() {
  if (lock_ >= 0) close(lock_);
}

std::string NoteFolder::Path(std::string_view name) const { return fmt::format("{}/{}", directory_, name); }

std::string NoteFolder::accepted_path() const { return Path(kAccepted); }

absl::Status NoteFolder::Unusable(std::string_view why) const {
  return auditor::Unusable(accepted_path(), why);
}

absl::StatusOr<std::optional<std::string>> NoteFolder::ReadAccepted() const {
  const std::string path = accepted_path();
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) return std::nullopt;
  absl::StatusOr<std::string> note = ReadRegularFile(path, ledger::kMaxNoteBytes, Links::kRefuse);
  if (!note.ok()) return auditor::Unusable(path, std::string(note.status().message()));
  return *std::move(note);
}

absl::Status NoteFolder::KeepAccepted(std::string_view note) const { return Keep(Path(kAccepted), note); }

absl::StatusOr<std::string> NoteFolder::KeepEvidence(std::string_view name, std::string_view note) const {
  const std::string path = Path(fmt::format("evidence-{}.note", name));
  RETURN_IF_ERROR(Keep(path, note));
  return path;
}

absl::Status NoteFolder::Keep(const std::string& path, std::string_view content) const {
  const absl::Status kept = WriteDurably(path, content);
  return kept.ok() ? kept : auditor::Unusable(path, std::string(kept.message()));
}

}  // namespace seisaku::auditor
