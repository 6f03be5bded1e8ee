// From PostgreSQL into the image: at a start, and whenever another replica has appended.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "services/ledger/image.h"
#include "services/ledger/log_store.h"
#include "services/ledger/signing_keys.h"

namespace seisaku::ledger {

// Reads entry bytes from `begin` on, at least one, below `end`. Called from one thread at a time.
using ReadPage = absl::FunctionRef<absl::StatusOr<std::vector<std::string>>(Position begin, Position end)>;

// Folds the entries that follow up to the position `end`, and publishes them page by page: nobody reads them
// before they are compared with what was signed. DATA_LOSS LOG_CORRUPT; what reading failed with.
absl::Status FoldTo(Image& image, Position end, ReadPage read);

// Whether the entries that were folded have the tree and the time of `head`. DATA_LOSS LOG_CORRUPT.
absl::Status CheckTree(const Image& image, const Head& head);

// Folds the entries that follow up to `head`, and publishes them only where they have its tree and the one of
// `keys` sealed it that had to; else nothing of them stays. LOG_CORRUPT also: the log has become shorter.
// FAILED_PRECONDITION LOG_KEY_NOT_CURRENT: the log is signed by another key by now.
absl::Status FoldTo(Image& image, const Head& head, const SigningKeys& keys, ReadPage read);

}  // namespace seisaku::ledger
