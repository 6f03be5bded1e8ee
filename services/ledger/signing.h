// The keys that a replica signs its log with, and the newest checkpoint that it signed, in a file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/base/mutex.h"
#include "services/base/revisions.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/key.h"
#include "services/ledger/tree/note.h"

namespace seisaku::ledger {

// The next key of a log, as a KeyRotated entry names it.
struct NamedKey {
  Position position;  // of the entry
  VerifierKey key;
};

// The log's key and, for a while after a rotation, the previous one. Both bear the log's origin. A value; const use
// is thread-safe.
class SigningKeys {
 public:
  explicit SigningKeys(SigningKey current, std::optional<SigningKey> previous = std::nullopt);

  const std::string& origin() const { return signers_.front().name(); }
  // Seals heads.
  const SigningKey& current() const { return signers_.front(); }
  // Each signs every checkpoint; the current key is first.
  absl::Span<const SigningKey> signers() const { return signers_; }
  // For checkpoints of this log.
  absl::Span<const VerifierKey> verifiers() const { return verifiers_; }
  // The keys that may seal a head of `size` entries, of which `named` name keys: the current one. The previous one
  // only where the last entry names the current key, for it has sealed that entry.
  absl::Span<const VerifierKey> SealVerifiers(Position size, absl::Span<const NamedKey> named) const;

  // OK where the log names the current key: it is the last of `named`. A log that names none must have the previous
  // key, where one was given: a new key has to be named first. Else FAILED_PRECONDITION LOG_KEY_NOT_CURRENT.
  absl::Status CheckCurrent(absl::Span<const NamedKey> named) const;

 private:
  std::vector<SigningKey> signers_;
  std::vector<VerifierKey> verifiers_;
};

// Keeps the newest checkpoint that this replica signed in a file, which no restored backup of the database reaches.
// A second file beside it (".sealed") says since which size the log's head is sealed. Both are signed notes, written
// whole and flushed. Thread-safe.
class CheckpointKeeper {
 public:
  // Locks `file` for this process and reads both files where they exist. FAILED_PRECONDITION
  // CHECKPOINT_FILE_UNUSABLE: one cannot be read, is of another log, or none of `keys` signed it; or another
  // process has the lock.
  static absl::StatusOr<std::unique_ptr<CheckpointKeeper>> Open(std::string file, SigningKeys keys);
  ~CheckpointKeeper();
  CheckpointKeeper(const CheckpointKeeper&) = delete;
  CheckpointKeeper& operator=(const CheckpointKeeper&) = delete;

  // The checkpoint in the file; nullopt: none yet.
  std::optional<Checkpoint> kept();
  // When it was written; by an earlier process: the file's time of modification.
  absl::Time kept_at();

  // Writes `newest` unless the file has a larger checkpoint, or the same one with all signatures. `newest` is of
  // committed entries, and its tree extends the kept one. FAILED_PRECONDITION CHECKPOINT_FILE_UNUSABLE: it cannot
  // be written. DATA_LOSS LOG_FORK: another root was kept for the size.
  absl::Status Keep(const Checkpoint& newest);

  // The size at which the log is known to be sealed; nullopt: not known.
  std::optional<uint64_t> sealed_size();
  // Records that the log is sealed at `size`, unless an earlier size is recorded with all signatures.
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
  int lock_ = -1;  // the descriptor of the lock file

  // The content of a file, and whether each key has signed it.
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
