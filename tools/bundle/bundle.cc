#include "tools/bundle/bundle.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "services/base/files.h"
#include "services/base/status.h"
#include "services/ledger/tree/hash.h"
#include "tools/bundle/errors.h"

namespace seisaku::bundle {
namespace {

namespace fs = std::filesystem;
namespace io = google::protobuf::io;

constexpr char kFormat[] = "seisaku-bundle/1";
constexpr char kManifest[] = "manifest.json";
constexpr char kCheckpoint[] = "checkpoint";

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  absl::StatusOr<std::string> content = ReadFile(path);
  return content.ok() ? content : errors::BundleUnusable(path, std::string(content.status().message()));
}

absl::Status WriteSmallFile(const std::string& path, const std::string& content) {
  const absl::Status written = WriteDurably(path, content);
  return written.ok() ? written : errors::BundleUnusable(path, std::string(written.message()));
}

}  // namespace

// A file of entries that is being written, beside the name that it will have.
class Writer::File {
 public:
  explicit File(std::string path)
      : path_(std::move(path)),
        descriptor_(open(Unfinished().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
    if (descriptor_ >= 0) stream_ = std::make_unique<io::FileOutputStream>(descriptor_);
  }
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  absl::Status Add(const log::v1::StoredEntry& entry) {
    const bool written = stream_ != nullptr &&
                         google::protobuf::util::SerializeDelimitedToZeroCopyStream(entry, stream_.get());
    return written ? absl::OkStatus() : Failed();
  }
  int64_t bytes() const { return stream_ == nullptr ? 0 : stream_->ByteCount(); }
  absl::Status Finish() {
    const bool whole = stream_ != nullptr && stream_->Flush() && fsync(descriptor_) == 0 &&
                       std::rename(Unfinished().c_str(), path_.c_str()) == 0;
    return whole ? absl::OkStatus() : Failed();
  }

 private:
  std::string Unfinished() const { return path_ + ".new"; }
  absl::Status Failed() const {
    const int error = stream_ != nullptr && stream_->GetErrno() != 0 ? stream_->GetErrno() : errno;
    return errors::BundleUnusable(path_, std::strerror(error));
  }

  const std::string path_;
  const int descriptor_;
  std::unique_ptr<io::FileOutputStream> stream_;
};

Writer::Writer(std::string folder, std::string origin, int64_t max_file_bytes)
    : folder_(std::move(folder)), max_file_bytes_(max_file_bytes) {
  manifest_.set_format(kFormat);
  manifest_.set_origin(std::move(origin));
}
Writer::Writer(Writer&&) noexcept = default;
Writer::~Writer() = default;

absl::StatusOr<Writer> Writer::Create(std::string folder, std::string origin, int64_t max_file_bytes) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return errors::BundleUnusable(folder, error.message());
  if (fs::exists(fs::path(folder) / kManifest, error)) {
    return errors::BundleUnusable(folder, "it holds a bundle already");
  }
  return Writer(std::move(folder), std::move(origin), max_file_bytes);
}

absl::Status Writer::Add(const log::v1::StoredEntry& entry) {
  if (file_ == nullptr || file_->bytes() >= max_file_bytes_) RETURN_IF_ERROR(NextFile());
  RETURN_IF_ERROR(check_.Take(entry).status());
  return file_->Add(entry);
}

absl::Status Writer::NextFile() {
  if (file_ != nullptr) RETURN_IF_ERROR(file_->Finish());
  log::v1::BundleFile& next = *manifest_.add_files();
  next.set_name(fmt::format("entries-{}.binpb", size()));
  next.set_start(size());
  file_ = std::make_unique<File>((fs::path(folder_) / next.name()).string());
  return absl::OkStatus();
}

absl::Status Writer::Finish(const ledger::Checkpoint& checkpoint, const std::string& note) {
  RETURN_IF_ERROR(check_.Finish());
  if (checkpoint.size != size() || checkpoint.root != check_.frontier().Root()) {
    return errors::BundleInvalid(size(), "the entries do not add up to the checkpoint");
  }
  if (file_ != nullptr) RETURN_IF_ERROR(file_->Finish());
  manifest_.set_size(size());
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  if (!google::protobuf::util::MessageToJsonString(manifest_, &json, options).ok()) {
    return errors::BundleUnusable(folder_, "the manifest cannot be written as JSON");
  }
  RETURN_IF_ERROR(WriteSmallFile((fs::path(folder_) / kCheckpoint).string(), note));
  return WriteSmallFile((fs::path(folder_) / kManifest).string(), json);
}

absl::StatusOr<Reader> Reader::Open(std::string folder, const ledger::VerifierKey& key) {
  ASSIGN_OR_RETURN(const std::string json, ReadSmallFile((fs::path(folder) / kManifest).string()));
  ASSIGN_OR_RETURN(const std::string note, ReadSmallFile((fs::path(folder) / kCheckpoint).string()));
  log::v1::BundleManifest manifest;
  if (!google::protobuf::util::JsonStringToMessage(json, &manifest).ok() || manifest.format() != kFormat) {
    return errors::BundleUnusable(folder, fmt::format("its {} is none of {}", kManifest, kFormat));
  }
  ASSIGN_OR_RETURN(ledger::Checkpoint checkpoint, ledger::OpenCheckpoint(note, key.name(), key));
  if (manifest.origin() != checkpoint.origin || manifest.size() != checkpoint.size) {
    return errors::BundleInvalid(manifest.size(), "manifest and checkpoint are of different logs");
  }
  return Reader(std::move(folder), std::move(manifest), std::move(checkpoint));
}

absl::Status Reader::ForEach(absl::FunctionRef<absl::Status(log::v1::StoredEntry&)> each) const {
  uint64_t position = 0;
  for (const log::v1::BundleFile& file : manifest_.files()) {
    if (file.start() != position || file.name().find('/') != std::string::npos) {
      return errors::BundleInvalid(position, "the manifest names another file");
    }
    const std::string path = (fs::path(folder_) / file.name()).string();
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return errors::BundleUnusable(path, std::strerror(errno));
    io::FileInputStream stream(descriptor);
    stream.SetCloseOnDelete(true);
    bool at_end = false;
    while (true) {
      log::v1::StoredEntry entry;
      if (!google::protobuf::util::ParseDelimitedFromZeroCopyStream(&entry, &stream, &at_end)) break;
      RETURN_IF_ERROR(each(entry));
      ++position;
    }
    if (stream.GetErrno() != 0) return errors::BundleUnusable(path, std::strerror(stream.GetErrno()));
    if (!at_end) return errors::BundleInvalid(position, "its file breaks off or is damaged");
  }
  if (position == manifest_.size()) return absl::OkStatus();
  return errors::BundleInvalid(position, "files are missing at the end");
}

absl::Status Reader::Verify() const {
  EntryCheck check;
  RETURN_IF_ERROR(ForEach([&](log::v1::StoredEntry& entry) { return check.Take(entry).status(); }));
  RETURN_IF_ERROR(check.Finish());
  if (check.frontier().Root() == checkpoint_.root) return absl::OkStatus();
  return errors::BundleInvalid(checkpoint_.size, "the entries do not add up to the checkpoint");
}

}  // namespace seisaku::bundle
