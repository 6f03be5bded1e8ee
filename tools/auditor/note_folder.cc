#include "tools/auditor/note_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
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

// What the names of the notes of all sizes begin and end with.
constexpr std::string_view kDated = "accepted-";
constexpr std::string_view kNote = ".note";

// The names of the notes that were accepted, ascending; only of those whose names begin with `prefix`.
absl::StatusOr<std::vector<std::string>> Names(const std::string& directory, std::string_view prefix) {
  std::vector<std::string> names;
  std::error_code error;
  auto entries = std::filesystem::directory_iterator(directory, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    std::string name = entries->path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(kNote)) names.push_back(std::move(name));
  }
  if (error) return Unusable(directory, error.message());
  std::sort(names.begin(), names.end());
  return names;
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
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    ASSIGN_OR_RETURN(const auto names, Names(directory_, kDated));
    if (names.empty()) return std::nullopt;
    return auditor::Unusable(
        path, "it is gone, and older notes are here: copy the one of the greatest size to this name");
  }
  absl::StatusOr<std::string> note = ReadRegularFile(path, ledger::kMaxNoteBytes, Links::kRefuse);
  if (!note.ok()) return auditor::Unusable(path, std::string(note.status().message()));
  return *std::move(note);
}

absl::Status NoteFolder::KeepAccepted(std::string_view note) const { return Keep(Path(kAccepted), note); }

absl::StatusOr<bool> NoteFolder::HasDated(uint64_t size) const {
  ASSIGN_OR_RETURN(const auto names, Names(directory_, fmt::format("{}{}-", kDated, size)));
  return !names.empty();
}

absl::Status NoteFolder::KeepDated(uint64_t size, std::optional<absl::Time> at, std::string_view note) const {
  ASSIGN_OR_RETURN(const bool is_kept, HasDated(size));
  if (is_kept) return absl::OkStatus();
  const std::string time = at ? absl::FormatTime("%Y%m%dT%H%M%SZ", *at, absl::UTCTimeZone()) : "undated";
  return Keep(Path(fmt::format("{}{}-{}{}", kDated, size, time, kNote)), note);
}

absl::StatusOr<std::string> NoteFolder::KeepEvidence(std::string_view name, std::string_view note) const {
  const std::string path = Path(fmt::format("evidence-{}.note", name));
  RETURN_IF_ERROR(Keep(path, note));
  return path;
}

absl::Status NoteFolder::Keep(const std::string& path, std::string_view content) const {
  const absl::Status kept = WriteDurably(path, content);
  return kept.ok() ? kept : auditor::Unusable(path, std::string(kept.message()));
}

absl::StatusOr<std::vector<KeptNote>> ReadAllAccepted(const std::string& directory) {
  ASSIGN_OR_RETURN(std::vector<std::string> names, Names(directory, kDated));
  ASSIGN_OR_RETURN(const std::vector<std::string> newest, Names(directory, kAccepted));
  names.insert(names.end(), newest.begin(), newest.end());
  std::vector<KeptNote> notes;
  for (const std::string& name : names) {
    KeptNote kept{fmt::format("{}/{}", directory, name), ""};
    absl::StatusOr<std::string> note = ReadRegularFile(kept.file, ledger::kMaxNoteBytes, Links::kRefuse);
    if (!note.ok()) return Unusable(kept.file, std::string(note.status().message()));
    kept.note = *std::move(note);
    notes.push_back(std::move(kept));
  }
  return notes;
}

}  // namespace seisaku::auditor
