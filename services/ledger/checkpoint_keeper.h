// What was signed, kept where a restored backup of the database does not reach it.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/mutex.h"
#include "services/ledger/signing_keys.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/note.h"

namespace seisaku::ledger {

// The newest checkpoint of a log that this replica signed, in a file of its own; and, in another beside it
// (".sealed"), since which size the log's head is sealed. Both are signed notes, written whole and flushed.
// Thread-safe.
class CheckpointKeeper {
 public:
  // Takes `file` for this process, and reads both files where they are there. FAILED_PRECONDITION
  // CHECKPOINT_FILE_UNUSABLE: one cannot be read, is not about this log with a signature by one of `keys`, or
  // another process keeps its checkpoints there.
  static absl::StatusOr<std::unique_ptr<CheckpointKeeper>> Open(std::string file, SigningKeys keys);
  ~CheckpointKeeper();
  CheckpointKeeper(const CheckpointKeeper&) = delete;
  CheckpointKeeper& operator=(const CheckpointKeeper&) = delete;

  // What the file holds; nullopt: there is none yet.
  std::optional<Checkpoint> kept();
  // When it was written; before this process, as the file says.
  absl::Time kept_at();

  // Returns when the file holds a checkpoint of at least `newest.size`, which is committed and of the tree
  // that was compared with the kept checkpoint: writes `newest` where the kept one is of a smaller log or
  // lacks a signature, else nothing. FAILED_PRECONDITION CHECKPOINT_FILE_UNUSABLE: it cannot be written.
  // DATA_LOSS LOG_FORK: another root was kept for the size.
  absl::Status Keep(const Checkpoint& newest);

  // The size since which the log is known to be sealed; nullopt: not known.
  std::optional<uint64_t> sealed_size();
  // Notes that the log is sealed at `size`, unless it is noted, with every signature, that it was before.
  // FAILED_PRECONDITION CHECKPOINT_FILE_UNUSABLE.
  absl::Status KeepSealed(uint64_t size);

  // OK, or why the last checkpoint could not be kept.
  absl::Status Health();

 private:
  CheckpointKeeper(std::string file, SigningKeys keys) : file_(std::move(file)), keys_(std::move(keys)) {}
  std::string SealedFile() const { return file_ + ".sealed"; }
  absl::Status Lock();
  absl::Status ReadCheckpoint();
  absl::Status ReadSealed();
  // The note in `file`; nullopt: there is none.
  absl::StatusOr<std::optional<Note>> Read(const std::string& file) const;
  absl::Status Write(const std::string& file, const std::string& text) const;
  bool HasAllSignatures(const Note& note) const { return note.signatures.size() == keys_.signers().size(); }

  const std::string file_;
  const SigningKeys keys_;
  int lock_ = -1;  // an open file, locked as long as it is open

  // What a file says, and whether each key has signed it.
  template <typename Content>
  struct Kept {
    Content content;
    bool by_all;
  };
  Mutex mutex_;
  std::optional<Kept<Checkpoint>> kept_ ABSL_GUARDED_BY(mutex_);
  absl::Time kept_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::optional<Kept<uint64_t>> sealed_ ABSL_GUARDED_BY(mutex_);
  absl::Status health_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace seisaku::ledger
