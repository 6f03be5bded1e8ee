#include "services/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>

#include "fmt/format.h"
#include "services/base/status.h"

namespace seisaku {
namespace {

enum class Flush { kNo, kYes };

absl::Status Failed(std::string_view what, const std::string& path) {
  return absl::FailedPreconditionError(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

// Closes on every path.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : number_(open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

absl::Status Write(const std::string& path, std::string_view content, Flush flush) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (file.number() < 0) return Failed("open", path);
  while (!content.empty()) {
    const ssize_t written = write(file.number(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("write", path);
    content.remove_prefix(static_cast<size_t>(written));
  }
  if (flush == Flush::kYes && fsync(file.number()) != 0) return Failed("flush", path);
  return absl::OkStatus();
}

absl::Status WriteBesideAndRename(const std::string& path, std::string_view content, Flush flush) {
  const std::string unfinished = path + ".new";
  RETURN_IF_ERROR(Write(unfinished, content, flush));
  if (std::rename(unfinished.c_str(), path.c_str()) != 0) return Failed("rename to", path);
  return absl::OkStatus();
}

absl::Status IsNo(const std::string& path, std::string_view what) {
  return absl::FailedPreconditionError(fmt::format("cannot read {}: {}", path, what));
}

absl::Status TooLong(const std::string& path, size_t max_bytes) {
  return absl::FailedPreconditionError(
      fmt::format("cannot read {}: it is longer than {} bytes", path, max_bytes));
}

absl::StatusOr<std::string> ReadAll(const Descriptor& file, const std::string& path, size_t max_bytes) {
  std::string content;
  char part[1 << 14];
  while (true) {
    const ssize_t size = read(file.number(), part, sizeof(part));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Failed("read", path);
    if (size == 0) return content;
    content.append(part, static_cast<size_t>(size));
    if (content.size() > max_bytes) return TooLong(path, max_bytes);  // it grows, or has no size (/proc)
  }
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const Descriptor file(path, O_RDONLY);
  if (file.number() < 0) return Failed("read", path);
  return ReadAll(file, path, std::numeric_limits<size_t>::max());
}

absl::StatusOr<int> OpenRegularFile(const std::string& path, Links links) {
  const int follow = links == Links::kFollow ? 0 : O_NOFOLLOW;
  // A FIFO is opened without waiting for its other end, a terminal does not become this process's.
  const int number = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | follow);
  if (number < 0 && errno == ELOOP && links == Links::kRefuse) return IsNo(path, "it is a link");
  if (number < 0) return Failed("read", path);
  struct stat found = {};
  absl::Status status;
  if (fstat(number, &found) != 0) {
    status = Failed("read", path);
  } else if (S_ISDIR(found.st_mode)) {
    errno = EISDIR;
    status = Failed("read", path);
  } else if (!S_ISREG(found.st_mode)) {
    status = IsNo(path, "it is no regular file");
  }
  if (status.ok()) return number;
  close(number);
  return status;
}

absl::StatusOr<std::string> ReadRegularFile(const std::string& path, size_t max_bytes, Links links) {
  ASSIGN_OR_RETURN(const int number, OpenRegularFile(path, links));
  const Descriptor file(number);
  struct stat found = {};
  if (fstat(number, &found) != 0) return Failed("read", path);
  if (static_cast<uint64_t>(found.st_size) > max_bytes) return TooLong(path, max_bytes);
  return ReadAll(file, path, max_bytes);
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view content) {
  return WriteBesideAndRename(path, content, Flush::kNo);
}

absl::Status WriteDurably(const std::string& path, std::string_view content) {
  RETURN_IF_ERROR(WriteBesideAndRename(path, content, Flush::kYes));
  const std::string folder = std::filesystem::absolute(path).parent_path();
  const Descriptor opened(folder, O_RDONLY | O_DIRECTORY);
  if (opened.number() < 0) return Failed("open", folder);
  return fsync(opened.number()) == 0 ? absl::OkStatus() : Failed("flush", folder);
}

}  // namespace seisaku
