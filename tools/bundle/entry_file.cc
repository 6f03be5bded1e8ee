#include "tools/bundle/entry_file.h"

#include <fcntl.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "services/base/files.h"
#include "services/base/status.h"
#include "tools/bundle/errors.h"
#include "tools/bundle/field_count.h"

namespace seisaku::bundle {
namespace {

namespace io = google::protobuf::io;

constexpr int kBlockBytes = 1 << 18;
// More than a service stores in one entry with its texts.
constexpr uint32_t kMaxEntryBytes = 64 << 20;
// So many bytes are no burden, whatever they are.
constexpr size_t kHarmlessBytes = 1 << 20;

// A file that is being read from some offset on.
class Input {
 public:
  static absl::StatusOr<std::unique_ptr<Input>> Open(const std::string& path, int64_t offset) {
    const absl::StatusOr<int> descriptor = OpenRegularFile(path, Links::kRefuse);
    if (!descriptor.ok()) return errors::BundleUnusable(path, std::string(descriptor.status().message()));
    std::unique_ptr<Input> input(new Input(path, *descriptor, offset));
    if (lseek(*descriptor, offset, SEEK_SET) < 0) return errors::BundleUnusable(path, std::strerror(errno));
    return input;
  }

  // False at the end, where `status` says whether it is the file's.
  bool Next(uint64_t position, log::v1::StoredEntry& entry, absl::Status& status) {
    io::CodedInputStream in(&*stream_);
    uint32_t length = 0;
    if (!in.ReadVarint32(&length)) {
      const bool whole = in.CurrentPosition() == 0 && stream_->GetErrno() == 0;
      return Ended(whole ? absl::OkStatus() : BrokenOff(position), status);
    }
    // A hole in a file is zeros, as many as somebody wants: an entry has bytes.
    if (length == 0 || length > kMaxEntryBytes) return Ended(BrokenOff(position), status);
    if (length > kHarmlessBytes) {
      std::string bytes;
      const bool is_entry = in.ReadString(&bytes, static_cast<int>(length)) && !HasTooManyFields(bytes) &&
                            entry.ParseFromString(bytes);
      return is_entry || Ended(BrokenOff(position), status);
    }
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
  Input(std::string path, int descriptor, int64_t offset) : path_(std::move(path)), offset_(offset) {
    stream_.emplace(descriptor, kBlockBytes);
    stream_->SetCloseOnDelete(true);
  }
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
  ASSIGN_OR_RETURN(const auto input, Input::Open(path, 0));
  log::v1::StoredEntry entry;
  absl::Status status;
  for (int64_t offset = 0; input->Next(position, entry, status); offset = input->offset(), ++position) {
    RETURN_IF_ERROR(each(entry, offset));
  }
  return status;
}

absl::StatusOr<log::v1::StoredEntry> ReadEntryAt(const std::string& path, uint64_t position, int64_t offset) {
  ASSIGN_OR_RETURN(const auto input, Input::Open(path, offset));
  log::v1::StoredEntry entry;
  absl::Status status;
  if (input->Next(position, entry, status)) return entry;
  RETURN_IF_ERROR(status);
  return errors::BundleInvalid(position, "its file ends before it");
}

}  // namespace seisaku::bundle
