// Small files that must be there, and whole, after a loss of power.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace seisaku::ledger {

// Makes `path` hold `content`: written beside it, flushed to the disk, renamed, and the folder flushed.
// Whoever reads sees all of it or what was there before, and so it is after a loss of power; when it returns
// OK, the new content stays. INTERNAL without details, with what was done and errno's text.
absl::Status WriteDurably(const std::string& path, std::string_view content);

}  // namespace seisaku::ledger
