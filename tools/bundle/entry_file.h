// A file of entries: StoredEntry messages, each preceded by its length as a varint (protobuf's delimited
// form).
#pragma once

#include <google/protobuf/io/zero_copy_stream_impl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "seisaku/log/v1/log_service.pb.h"

namespace seisaku::bundle {

// Writes one, which has its name when it is whole. Errors are OUTPUT_UNWRITABLE. Not thread-safe.
class EntryFileWriter {
 public:
  explicit EntryFileWriter(std::string path);
  ~EntryFileWriter();
  EntryFileWriter(const EntryFileWriter&) = delete;
  EntryFileWriter& operator=(const EntryFileWriter&) = delete;

  absl::Status Add(const log::v1::StoredEntry& entry);
  int64_t bytes() const { return stream_ == nullptr ? 0 : stream_->ByteCount(); }
  // Flushed to the disk.
  absl::Status Finish();

 private:
  std::string Unfinished() const { return path_ + ".new"; }
  absl::Status Failed() const;

  const std::string path_;
  const int descriptor_;
  std::unique_ptr<google::protobuf::io::FileOutputStream> stream_;
};

// Hands on the entries of a file with the place of each in it, until `each` returns an error, which is
// returned. `position` is that of the first; an error of the file names that of the entry it met.
// BUNDLE_UNUSABLE: it cannot be read, or is no regular file; BUNDLE_INVALID: it breaks off.
using EachEntry = absl::FunctionRef<absl::Status(log::v1::StoredEntry& entry, int64_t offset)>;
absl::Status ReadEntryFile(const std::string& path, uint64_t position, EachEntry each);

// The one entry at `offset`, which is at `position`. The same errors.
absl::StatusOr<log::v1::StoredEntry> ReadEntryAt(const std::string& path, uint64_t position, int64_t offset);

}  // namespace seisaku::bundle
