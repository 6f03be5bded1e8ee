// A damaged log as files, to be kept as evidence: all of it that can be read, and what is wrong with it.
// Nobody signs it: there is no checkpoint, and the manifest has a format of its own, which nothing that reads
// a bundle takes for one (Reader::Open).
//
// In the folder of a log are "manifest.json" (BundleManifest, format "seisaku-forensic/1", with its damages)
// and the files of entries that it names, of which any position may be missing; "tile/L/N", the tiles as they
// were found, whatever their length; and "rows.jsonl", a JSON object a line, the rows of the database that
// are no entry, text or tile with a place of its own: {"table": …, "row": …}, a bytea as PostgreSQL writes it
// ("\\x…").
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "seisaku/log/v1/bundle.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "tools/bundle/bundle.h"
#include "tools/bundle/entry_file.h"

namespace seisaku::bundle {

// Of each code so many damages are listed one by one, then how many more there are.
inline constexpr uint64_t kMaxListedDamages = 500;

// Whether there is a finished one in `folder`.
bool IsForensic(const std::string& folder);

// Writes one. Not thread-safe. Errors are OUTPUT_UNWRITABLE.
class ForensicWriter {
 public:
  // Makes `folder`. BUNDLE_FINISHED: there is something in it already.
  static absl::StatusOr<ForensicWriter> Open(std::string folder, std::string origin,
                                             int64_t max_file_bytes = kMaxFileBytes);

  // What is stored as an entry, whatever it is.
  absl::Status Add(const log::v1::StoredEntry& entry);
  absl::Status AddTile(int level, uint64_t index, std::string_view hashes);
  // A row in JSON.
  absl::Status AddRow(std::string_view table, std::string_view json);
  void AddDamage(uint64_t position, const std::string& code, std::string_view expected,
                 std::string_view found);
  // Where the last entry ends that was added; 0: none was.
  uint64_t end() const { return end_; }
  // The manifest, last.
  absl::Status Finish();

 private:
  ForensicWriter(std::string folder, std::string origin, int64_t max_file_bytes);
  absl::Status NextFile(uint64_t position);

  std::string folder_;
  int64_t max_file_bytes_;
  log::v1::BundleManifest manifest_;
  uint64_t end_ = 0;
  std::unique_ptr<EntryFileWriter> file_;
  std::ofstream rows_;
  struct OfCode {
    uint64_t count = 0;
    uint64_t first_unlisted = 0;
  };
  std::map<std::string, OfCode> by_code_;
};

// Reads one, which proves nothing. Thread-safe.
class ForensicReader {
 public:
  // FAILED_PRECONDITION BUNDLE_UNUSABLE: there is none, or it cannot be read.
  static absl::StatusOr<ForensicReader> Open(std::string folder);

  const log::v1::BundleManifest& manifest() const { return manifest_; }
  // Whether tiles were found.
  bool has_tiles() const;
  // Hands on what was stored, in its order, until `each` returns an error, which is returned.
  // BUNDLE_UNUSABLE, BUNDLE_INVALID: the files are not what the manifest says.
  absl::Status ForEach(absl::FunctionRef<absl::Status(log::v1::StoredEntry&)> each) const;
  // BUNDLE_UNUSABLE: it is not there.
  absl::StatusOr<std::string> ReadTile(int level, uint64_t index) const;

 private:
  ForensicReader(std::string folder, log::v1::BundleManifest manifest)
      : folder_(std::move(folder)), manifest_(std::move(manifest)) {}

  std::string folder_;
  log::v1::BundleManifest manifest_;
};

}  // namespace seisaku::bundle
