#include "services/rpc/files.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "fmt/format.h"

namespace seisaku::rpc {
namespace {

absl::Status Failed(std::string_view what, const std::string& path) {
  return absl::FailedPreconditionError(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  if (!file || !(content << file.rdbuf())) return Failed("read", path);
  return std::move(content).str();
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view content) {
  const std::string unfinished = fmt::format("{}.{}", path, getpid());
  {
    std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
    file << content;
    file.close();
    if (!file) return Failed("write", unfinished);
  }
  if (std::rename(unfinished.c_str(), path.c_str()) != 0) return Failed("rename to", path);
  return absl::OkStatus();
}

}  // namespace seisaku::rpc
