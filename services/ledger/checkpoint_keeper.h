// What was signed, kept where a restored backup of the database does not reach it.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/mutex.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/key.h"

namespace seisaku::ledger {

// The newest checkpoint of a log that this replica signed, in a file of its own: a signed note, written whole
// and flushed. Thread-safe.
class CheckpointKeeper {
 public:
  // Takes `file` for this process, and reads it if it is there. `key` is the log's; its name is the origin.
  // FAILED_PRECONDITION CHECKPOINT_FILE_UNUSABLE: the file cannot be read, is no checkpoint of this log with
  // a signature by this key, or another process keeps its checkpoints there.
  static absl::StatusOr<std::unique_ptr<CheckpointKeeper>> Open(std::string file, SigningKey key);
  ~CheckpointKeeper();
  CheckpointKeeper(const CheckpointKeeper&) = delete;
  CheckpointKeeper& operator=(const CheckpointKeeper&) = delete;

  // What the file holds; nullopt: there is none yet.
  std::optional<Checkpoint> kept();

  // Returns when the file holds a checkpoint of at least `newest.size`, which is committed: writes `newest`
  // where the kept one is of a smaller log, else nothing. FAILED_PRECONDITION CHECKPOINT_FILE_UNUSABLE: it
  // cannot be written.
  absl::Status Keep(const Checkpoint& newest);

  // OK, or why the last checkpoint could not be kept.
  absl::Status Health();

 private:
  CheckpointKeeper(std::string file, SigningKey key) : file_(std::move(file)), key_(std::move(key)) {}
  absl::Status Lock();
  absl::Status Read();
  absl::Status Write(const Checkpoint& newest);
  absl::Status Unusable(std::string_view why) const;

  const std::string file_;
  const SigningKey key_;
  int lock_ = -1;  // an open file, locked as long as it is open

  Mutex mutex_;
  std::optional<Checkpoint> kept_ ABSL_GUARDED_BY(mutex_);
  absl::Status health_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace seisaku::ledger
