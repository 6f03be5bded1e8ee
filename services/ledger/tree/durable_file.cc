#include "services/ledger/tree/durable_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "services/base/status.h"

namespace seisaku::ledger {
namespace {

absl::Status Failed(std::string_view doing, const std::string& path) {
  return absl::InternalError(fmt::format("{} {}: {}", doing, path, std::strerror(errno)));
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

absl::Status WriteAndFlush(const std::string& path, std::string_view content) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (file.number() < 0) return Failed("opening", path);
  while (!content.empty()) {
    const ssize_t written = write(file.number(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("writing", path);
    content.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(file.number()) == 0 ? absl::OkStatus() : Failed("flushing", path);
}

}  // namespace

absl::Status WriteDurably(const std::string& path, std::string_view content) {
  const std::string unfinished = path + ".new";
  RETURN_IF_ERROR(WriteAndFlush(unfinished, content));
  if (std::rename(unfinished.c_str(), path.c_str()) != 0) return Failed("renaming to", path);
  const std::string folder = std::filesystem::absolute(path).parent_path();
  const Descriptor opened(folder, O_RDONLY | O_DIRECTORY);
  if (opened.number() < 0) return Failed("opening", folder);
  return fsync(opened.number()) == 0 ? absl::OkStatus() : Failed("flushing", folder);
}

}  // namespace seisaku::ledger
