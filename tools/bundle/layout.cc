#include "tools/bundle/layout.h"

#include <fmt/format.h>

#include "services/base/files.h"
#include "tools/bundle/errors.h"

namespace seisaku::bundle {

std::string FileName(uint64_t start) { return fmt::format("entries-{}.binpb", start); }

std::string TilePath(int level, uint64_t index) {
  std::string path = fmt::format("{:03}", index % 1000);
  while (index >= 1000) {
    index /= 1000;
    path = fmt::format("x{:03}/{}", index % 1000, path);
  }
  return fmt::format("{}/{}/{}", kTiles, level, path);
}

absl::StatusOr<std::string> ReadSmallFile(const std::string& path, size_t max_bytes) {
  absl::StatusOr<std::string> content = ReadRegularFile(path, max_bytes, Links::kRefuse);
  return content.ok() ? content : errors::BundleUnusable(path, std::string(content.status().message()));
}

absl::Status WriteSmallFile(const std::string& path, const std::string& content) {
  const absl::Status written = WriteDurably(path, content);
  return written.ok() ? written : errors::BundleUnwritable(path, std::string(written.message()));
}

}  // namespace seisaku::bundle
