#include "tools/policyctl/commands/tree_years.h"

#include <algorithm>
#include <limits>

namespace seisaku::policyctl {
namespace {

ItemYears OwnYears(const catalog::v1::TreeItem& item) {
  if (item.has_kpi()) return {item.kpi().first_year(), item.kpi().retired_from_year()};
  return {item.node().first_year(), item.node().retired_from_year()};
}

// The years in which the plan has anything.
ItemYears YearsOfPlan(const catalog::v1::GetTreeResponse& tree) {
  int first = std::numeric_limits<int>::max();
  for (const catalog::v1::TreeItem& item : tree.items()) {
    if (item.depth() == 0) first = std::min(first, OwnYears(item).first_year);
  }
  return {first, 0};
}

}  // namespace

std::vector<ItemYears> YearsOf(const catalog::v1::GetTreeResponse& tree) {
  std::vector<ItemYears> years;
  std::vector<ItemYears> above = {YearsOfPlan(tree)};  // the plan, and the nodes above the next item by depth
  for (const catalog::v1::TreeItem& item : tree.items()) {
    above.resize(std::min<size_t>(above.size(), item.depth() + 1));
    ItemYears own = OwnYears(item);
    const int end = above.back().retired_from_year;
    if (end != 0)
      own.retired_from_year = own.retired_from_year == 0 ? end : std::min(own.retired_from_year, end);
    own.begins_later = own.first_year > above.back().first_year;
    own.first_year = std::max(own.first_year, above.back().first_year);
    years.push_back(own);
    above.push_back(own);
  }
  return years;
}

}  // namespace seisaku::policyctl
