#include "services/ledger/checkpoint_keeper.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

#include "services/base/files.h"
#include "services/base/status.h"
#include "services/ledger/tree/errors.h"

namespace seisaku::ledger {

absl::StatusOr<std::unique_ptr<CheckpointKeeper>> CheckpointKeeper::Open(std::string file, SigningKey key) {
  std::unique_ptr<CheckpointKeeper> keeper(new CheckpointKeeper(std::move(file), std::move(key)));
  RETURN_IF_ERROR(keeper->Lock());
  RETURN_IF_ERROR(keeper->Read());
  return keeper;
}

CheckpointKeeper::~CheckpointKeeper() {
  if (lock_ >= 0) close(lock_);
}

absl::Status CheckpointKeeper::Unusable(std::string_view why) const {
  return errors::CheckpointFileUnusable(file_, why);
}

// The kept file is replaced at each write, so the lock is another one beside it.
absl::Status CheckpointKeeper::Lock() {
  const std::string beside = file_ + ".lock";
  lock_ = open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_ < 0) return Unusable(std::strerror(errno));
  if (flock(lock_, LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
  return Unusable(errno == EWOULDBLOCK ? "another process keeps its checkpoints there"
                                       : std::strerror(errno));
}

absl::Status CheckpointKeeper::Read() {
  std::error_code error;
  if (!std::filesystem::exists(file_, error) && !error) return absl::OkStatus();
  const absl::StatusOr<std::string> note = ReadFile(file_);
  if (!note.ok()) return Unusable(std::string(note.status().message()));
  absl::StatusOr<Checkpoint> read = OpenCheckpoint(*note, key_.name(), key_.verifier());
  if (!read.ok()) return Unusable(std::string(read.status().message()));
  MutexLock lock(mutex_);
  kept_ = *std::move(read);
  return absl::OkStatus();
}

std::optional<Checkpoint> CheckpointKeeper::kept() {
  MutexLock lock(mutex_);
  return kept_;
}

absl::Status CheckpointKeeper::Health() {
  MutexLock lock(mutex_);
  return health_;
}

absl::Status CheckpointKeeper::Keep(const Checkpoint& newest) {
  MutexLock lock(mutex_);
  if (kept_.has_value() && newest.size <= kept_->size) return absl::OkStatus();
  health_ = Write(newest);
  if (health_.ok()) kept_ = newest;
  return health_;
}

absl::Status CheckpointKeeper::Write(const Checkpoint& newest) {
  ASSIGN_OR_RETURN(std::string note, SignCheckpoint(newest, key_));
  const absl::Status written = WriteDurably(file_, note);
  return written.ok() ? written : Unusable(std::string(written.message()));
}

}  // namespace seisaku::ledger
