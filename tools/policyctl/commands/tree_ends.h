// When the items of a plan's tree end.
#pragma once

#include <vector>

#include "seisaku/catalog/v1/catalog_service.pb.h"

namespace seisaku::policyctl {

// For each item the first reporting year without it, because of itself or of a node above it; 0 for none. The
// items are those of GetTree, depth first.
std::vector<int> EndsOf(const catalog::v1::GetTreeResponse& tree);

}  // namespace seisaku::policyctl
