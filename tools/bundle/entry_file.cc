#include "tools/bundle/entry_file.h"

#include <fcntl.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "services/base/status.h"
#include "tools/bundle/errors.h"

namespace seisaku::bundle {
namespace {

namespace io = google::protobuf::io;

constexpr int kBlockBytes = 1 << 18;
// More than a service stores in one entry with its texts.
constexpr uint32_t kMaxEntryBytes = 64 << 20;

// A file that is being read from some offset on.
class Input {
 public:
  Input(std::string path, int64_t offset) : path_(std::move(path)), offset_(offset) {
    const int descriptor = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 || lseek(descriptor, offset, SEEK_SET) < 0) error_ = errno;
    stream_.emplace(descriptor, kBlockBytes);
    stream_->SetCloseOnDelete(descriptor >= 0);
  }

  // False at the end, where `status` says whether it is the file's.
  bool Next(uint64_t position, log::v1::StoredEntry& entry, absl::Status& status) {
    if (error_ != 0) return Ended(errors::BundleUnusable(path_, std::strerror(error_)), status);
    io::CodedInputStream in(&*stream_);
    uint32_t length = 0;
    if (!in.ReadVarint32(&length)) {
      const bool whole = in.CurrentPosition() == 0 && stream_->GetErrno() == 0;
      return Ended(whole ? absl::OkStatus() : BrokenOff(position), status);
    }
    if (length > kMaxEntryBytes) return Ended(BrokenOff(position), status);
    const auto limit = in.PushLimit(static_cast<int>(length));
    entry.Clear();
    if (!entry.MergeFromCodedStream(&in) || !in.ConsumedEntireMessage() || in.BytesUntilLimit() > 0) {
      return Ended(BrokenOff(position), status);
    }
    in.PopLimit(limit);
    return true;
  }

  int64_t offset() const { return offset_ + stream_->ByteCount(); }

 private:
  static bool Ended(absl::Status why, absl::Status& status) {
    status = std::move(why);
    return false;
  }
  absl::Status BrokenOff(uint64_t position) const {
    if (stream_->GetErrno() != 0) return errors::BundleUnusable(path_, std::strerror(stream_->GetErrno()));
    return errors::BundleInvalid(position, "its file breaks off or is damaged");
  }

  const std::string path_;
  const int64_t offset_;
  int error_ = 0;
  std::optional<io::FileInputStream> stream_;
};

}  // namespace

EntryFileWriter::EntryFileWriter(std::string path)
    : path_(std::move(path)),
      descriptor_(open(Unfinished().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
  if (descriptor_ >= 0) stream_ = std::make_unique<io::FileOutputStream>(descriptor_, kBlockBytes);
}

EntryFileWriter::~EntryFileWriter() {
  stream_.reset();
  if (descriptor_ >= 0) close(descriptor_);
}

absl::Status EntryFileWriter::Add(const log::v1::StoredEntry& entry) {
  const bool written =
      stream_ != nullptr && google::protobuf::util::SerializeDelimitedToZeroCopyStream(entry, stream_.get());
  return written ? absl::OkStatus() : Failed();
}

absl::Status EntryFileWriter::Finish() {
  const bool whole = stream_ != nullptr && stream_->Flush() && fsync(descriptor_) == 0 &&
                     std::rename(Unfinished().c_str(), path_.c_str()) == 0;
  return whole ? absl::OkStatus() : Failed();
}

absl::Status EntryFileWriter::Failed() const {
  const int error = stream_ != nullptr && stream_->GetErrno() != 0 ? stream_->GetErrno() : errno;
  return errors::BundleUnwritable(path_, std::strerror(error));
}

absl::Status ReadEntryFile(const std::string& path, uint64_t position, EachEntry each) {
  Input input(path, 0);
  log::v1::StoredEntry entry;
  absl::Status status;
  for (int64_t offset = 0; input.Next(position, entry, status); offset = input.offset(), ++position) {
    RETURN_IF_ERROR(each(entry, offset));
  }
  return status;
}

absl::StatusOr<log::v1::StoredEntry> ReadEntryAt(const std::string& path, uint64_t position, int64_t offset) {
  Input input(path, offset);
  log::v1::StoredEntry entry;
  absl::Status status;
  if (input.Next(position, entry, status)) return entry;
  RETURN_IF_ERROR(status);
  return errors::BundleInvalid(position, "its file ends before it");
}

}  // namespace seisaku::bundle
