// Resource names, AIP-122: ids between the names of collections, "plans/{plan}/nodes/{node}".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/field_path.h"

namespace seisaku {

// Takes `name` apart along `pattern`: the ids that stand for its braces. INVALID_ARGUMENT REQUIRED_FIELD
// (empty) or INVALID_FIELD (not of that form, or an id that is not [a-z0-9-]{1,63}), naming `field`.
absl::StatusOr<std::vector<std::string>> ParseResourceName(const FieldPath& field, std::string_view name,
                                                           std::string_view pattern);

// The parts between slashes; after `most - 1` slashes the rest is one part.
std::vector<std::string_view> SplitResourceName(std::string_view name, size_t most = static_cast<size_t>(-1));

}  // namespace seisaku
