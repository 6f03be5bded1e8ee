// The free texts beside an entry, against what the entry commits to. Nobody shows a text that was not opened
// here.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::ledger {

inline constexpr size_t kSaltBytes = 16;

// SHA-256(salt || text), what an entry holds of a text (log.v1.TextCommitment.salted_sha256).
Hash TextCommitment(std::string_view salt, std::string_view text);

// The text that `salted_sha256` commits to; nullopt: withdrawn, of which salt and text are empty. DATA_LOSS
// TEXT_DIFFERS: a salt that is not 16 bytes long (also none, beside words), or another text than was
// committed to. The error does not repeat the text.
absl::StatusOr<std::optional<std::string>> OpenText(std::string_view salted_sha256, std::string_view salt,
                                                    std::string_view text);

}  // namespace seisaku::ledger
