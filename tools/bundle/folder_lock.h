// One writer at a time in a folder.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace seisaku::bundle {

// While one lives, nobody else has one of the same folder. It leaves nothing behind: the folder itself is
// locked, and the end of a process ends its lock.
class FolderLock {
 public:
  // Makes the folder where there is none. ABORTED BUNDLE_IN_USE, at once: somebody else has it;
  // OUTPUT_UNWRITABLE.
  static absl::StatusOr<FolderLock> Take(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept;
  ~FolderLock();

 private:
  explicit FolderLock(int folder) : folder_(folder) {}

  int folder_;  // open and locked; -1: moved from
};

}  // namespace seisaku::bundle
