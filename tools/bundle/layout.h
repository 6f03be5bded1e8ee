// What the files of a bundle are called, and how they are read: whoever made them may have made anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace seisaku::bundle {

inline constexpr char kFormat[] = "seisaku-bundle/1";
inline constexpr char kForensicFormat[] = "seisaku-forensic/1";
inline constexpr char kManifest[] = "manifest.json";
inline constexpr char kTiles[] = "tile";
// A file of entries is named for each 64 MiB, and a damage in a few hundred bytes; of each kind of damage 500
// are listed.
inline constexpr size_t kMaxManifestBytes = 24 << 20;

// The file of entries that begins at `start`.
std::string FileName(uint64_t start);
// As C2SP tlog-tiles has it: 1234067 of level 0 is tile/0/x001/x234/067.
std::string TilePath(int level, uint64_t index);

// The bytes of a regular file, of which there may be `max_bytes`. BUNDLE_UNUSABLE.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path, size_t max_bytes);
// OUTPUT_UNWRITABLE.
absl::Status WriteSmallFile(const std::string& path, const std::string& content);

}  // namespace seisaku::bundle
