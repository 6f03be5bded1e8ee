// Logs as files (seisaku/log/v1/bundle.proto), written and read one entry at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "seisaku/log/v1/bundle.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/key.h"
#include "services/ledger/tree/tiles.h"
#include "tools/bundle/entry_check.h"
#include "tools/bundle/entry_file.h"

namespace seisaku::bundle {

// A file that is longer is followed by another one.
inline constexpr int64_t kMaxFileBytes = 64 << 20;

// Whether a writer has finished a bundle in `folder`.
bool IsFinished(const std::string& folder);
// Whether there is a folder and no writer has finished a bundle in it: no log yet, so nothing is wrong with
// one. The same export goes on with it.
bool IsUnfinished(const std::string& folder);

// Writes a bundle. Each file appears when it is whole; the manifest last. Not thread-safe.
class Writer {
 public:
  // Makes `folder`, or goes on behind the whole files of entries that another writer, which was ended, left
  // in it. FAILED_PRECONDITION BUNDLE_FINISHED: it holds a manifest already; OUTPUT_UNWRITABLE,
  // BUNDLE_UNUSABLE: it cannot be written or read; BUNDLE_INVALID, EntryCheck's errors: what is left in it is
  // damaged.
  static absl::StatusOr<Writer> Open(std::string folder, std::string origin,
                                     int64_t max_file_bytes = kMaxFileBytes);
  Writer(Writer&&) noexcept;
  ~Writer();

  // The next entry, at position size(). OUTPUT_UNWRITABLE, and EntryCheck's errors.
  absl::Status Add(const log::v1::StoredEntry& entry);
  // How many there are.
  uint64_t size() const { return tiles_.size(); }
  // The end: `note` is the signed checkpoint of exactly what was added, opened by the caller as `checkpoint`.
  // DATA_LOSS BUNDLE_INVALID: it is of something else.
  absl::Status Finish(const ledger::Checkpoint& checkpoint, const std::string& note);

 private:
  Writer(std::string folder, std::string origin, int64_t max_file_bytes);
  absl::Status Resume();
  absl::Status Take(const log::v1::StoredEntry& entry);
  const log::v1::BundleFile& NameNextFile();
  absl::Status NextFile();
  absl::Status WriteTile(const std::string& name, const std::string& hashes) const;
  absl::Status WriteRightEdge() const;

  std::string folder_;
  int64_t max_file_bytes_;
  log::v1::BundleManifest manifest_;
  EntryCheck check_;
  ledger::TileBuilder tiles_;
  std::unique_ptr<EntryFileWriter> file_;
};

// Reads a bundle. Thread-safe.
class Reader {
 public:
  // Reads manifest and checkpoint, and believes of what the manifest says only what the files bear out.
  // FAILED_PRECONDITION BUNDLE_UNUSABLE: a file is missing, is no regular one, is larger than it may be or
  // cannot be read; BUNDLE_FORENSIC: it is a damaged log, which nobody signed; DATA_LOSS BUNDLE_INVALID: they
  // do not fit together; and OpenCheckpoint's errors.
  static absl::StatusOr<Reader> Open(std::string folder, const ledger::VerifierKey& key);
  // The same where `open` opens the note.
  using OpenNote = absl::FunctionRef<absl::StatusOr<ledger::Checkpoint>(const std::string& note)>;
  static absl::StatusOr<Reader> Open(std::string folder, OpenNote open);

  const ledger::Checkpoint& checkpoint() const { return checkpoint_; }
  // The note that it was opened from.
  const std::string& note() const { return note_; }

  // Hands on every entry in order, until `each` returns an error, which is returned. BUNDLE_UNUSABLE,
  // BUNDLE_INVALID: a file is not what the manifest says.
  absl::Status ForEach(absl::FunctionRef<absl::Status(log::v1::StoredEntry&)> each) const;
  // The same with where each entry is, for ReadAt.
  struct Place {
    int file;  // in the manifest
    int64_t offset;
  };
  using EachPlaced = absl::FunctionRef<absl::Status(log::v1::StoredEntry&, const Place&)>;
  absl::Status ForEach(EachPlaced each) const;
  absl::StatusOr<log::v1::StoredEntry> ReadAt(uint64_t position, const Place& place) const;

  // The hashes of a C2SP tile, which is shorter than 8192 bytes on the right edge. BUNDLE_UNUSABLE.
  absl::StatusOr<std::string> ReadTile(int level, uint64_t index) const;

  // OK where the entries add up to the checkpoint and EntryCheck has no objection.
  absl::Status Verify() const;

 private:
  Reader(std::string folder, log::v1::BundleManifest manifest, std::string note,
         ledger::Checkpoint checkpoint)
      : folder_(std::move(folder)),
        manifest_(std::move(manifest)),
        note_(std::move(note)),
        checkpoint_(std::move(checkpoint)) {}
  std::string PathOf(const std::string& name) const;

  std::string folder_;
  log::v1::BundleManifest manifest_;
  std::string note_;
  ledger::Checkpoint checkpoint_;
};

}  // namespace seisaku::bundle
