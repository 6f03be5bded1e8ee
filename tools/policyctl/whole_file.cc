#include "tools/policyctl/whole_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "fmt/format.h"
#include "services/base/files.h"
#include "services/base/status.h"

namespace seisaku::policyctl {
namespace {

namespace fs = std::filesystem;

absl::Status Unwritable(const std::string& path, int error) {
  const std::string why = std::strerror(error);
  return MakeError(absl::StatusCode::kFailedPrecondition, "OUTPUT_UNWRITABLE",
                   fmt::format("{} cannot be written: {}", path, why), {{"file", path}, {"why", why}});
}

// 0 or errno.
int Write(const std::string& path, std::string_view content) {
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
  file.close();
  if (file) return 0;
  return errno == 0 ? EIO : errno;
}

}  // namespace

absl::Status FileUnreadable(const std::string& path) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "FILE_UNREADABLE",
                   fmt::format("{} cannot be read", path), {{"file", path}});
}

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  absl::StatusOr<std::string> content = ReadFile(path);
  return content.ok() ? std::move(content) : FileUnreadable(path);
}

absl::Status WriteWholeFile(const std::string& path, std::string_view content) {
  std::error_code ignored;
  const fs::file_status before = fs::symlink_status(path, ignored);
  if (fs::exists(before) && !fs::is_regular_file(before)) {
    const int error = Write(path, content);
    return error == 0 ? absl::OkStatus() : Unwritable(path, error);
  }
  if (fs::exists(before) && access(path.c_str(), W_OK) != 0) return Unwritable(path, errno);
  const std::string unfinished = fmt::format("{}.{}", path, getpid());
  int error = Write(unfinished, content);
  if (error == 0 && fs::exists(before)) fs::permissions(unfinished, before.permissions(), ignored);
  if (error == 0 && std::rename(unfinished.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return absl::OkStatus();
  fs::remove(unfinished, ignored);
  return Unwritable(path, error);
}

}  // namespace seisaku::policyctl
