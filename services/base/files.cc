#include "services/base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

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

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const Descriptor file(path, O_RDONLY);
  if (file.number() < 0) return Failed("read", path);
  std::string content;
  char part[1 << 14];
  while (true) {
    const ssize_t size = read(file.number(), part, sizeof(part));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Failed("read", path);
    if (size == 0) return content;
    content.append(part, static_cast<size_t>(size));
  }
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
