// The free texts beside an entry, checked against the commitments in it. Only a text that was opened here may be
// shown to anybody. Pure and thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::ledger {

inline constexpr size_t kSaltBytes = 16;

// SHA-256(salt || text): an entry's commitment to a text (log.v1.TextCommitment.salted_sha256).
Hash TextCommitment(std::string_view salt, std::string_view text);

// The text that `salted_sha256` commits to; nullopt: it was withdrawn, and salt and text are empty. DATA_LOSS
// TEXT_DIFFERS: the salt has not 16 bytes, or the commitment is to another text. The error does not repeat the
// text.
absl::StatusOr<std::optional<std::string>> OpenText(std::string_view salted_sha256, std::string_view salt,
                                                    std::string_view text);

// The same for text `index` of `stored`, whose parsed entry is `entry`. nullopt also where `stored` or `entry`
// has no text of that index: trailing texts that were withdrawn are not in `stored`. TEXT_DIFFERS carries the
// metadata `position` and `index`.
absl::StatusOr<std::optional<std::string>> OpenText(const log::v1::StoredEntry& stored,
                                                    const log::v1::Entry& entry, uint32_t index);

}  // namespace seisaku::ledger
