// The free texts beside a stored entry, opened.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/log/v1/log_service.pb.h"

namespace seisaku::ledger {

// OpenText of the text `index` beside `entry`, which is what `stored` holds; nullopt also where the last
// texts, withdrawn, are not in `stored`, or `entry` has no such text. DATA_LOSS TEXT_DIFFERS with the
// metadata `position` and `index`.
absl::StatusOr<std::optional<std::string>> OpenText(const log::v1::StoredEntry& stored,
                                                    const log::v1::Entry& entry, uint32_t index);

}  // namespace seisaku::ledger
