// In which years the items of a plan's tree are part of the plan.
#pragma once

#include <vector>

#include "seisaku/catalog/v1/catalog_service.pb.h"

namespace seisaku::policyctl {

struct ItemYears {
  int first_year = 0;         // 0: always
  int retired_from_year = 0;  // 0: never
  // What it stands under is part of the plan before that (of what stands under nothing: another such item).
  bool begins_later = false;
};

// Those of each item, because of itself or of a node above it. The items are those of GetTree, depth first.
std::vector<ItemYears> YearsOf(const catalog::v1::GetTreeResponse& tree);

}  // namespace seisaku::policyctl
