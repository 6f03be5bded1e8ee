// From PostgreSQL into the image: at a start, and whenever another replica has appended.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "services/ledger/image.h"
#include "services/ledger/log_store.h"

namespace seisaku::ledger {

// Reads entry bytes from `begin` on, at least one, below `end`. Called from one thread at a time.
using ReadPage = absl::FunctionRef<absl::StatusOr<std::vector<std::string>>(Position begin, Position end)>;

// Folds the entries that follow up to the position `end`. DATA_LOSS LOG_CORRUPT; what reading failed with.
absl::Status FoldTo(Image& image, Position end, ReadPage read);

// The same up to `head`, whose tree they must have. LOG_CORRUPT also: the log has become shorter.
absl::Status FoldTo(Image& image, const Head& head, ReadPage read);

}  // namespace seisaku::ledger
