#include "tools/policyctl/commands/tree_ends.h"

#include <algorithm>

namespace seisaku::policyctl {

std::vector<int> EndsOf(const catalog::v1::GetTreeResponse& tree) {
  std::vector<int> ends;
  std::vector<int> above;  // of the nodes above the next item, by depth
  for (const catalog::v1::TreeItem& item : tree.items()) {
    int end = item.has_kpi() ? item.kpi().retired_from_year() : item.node().retired_from_year();
    above.resize(std::min<size_t>(above.size(), item.depth()));
    if (!above.empty() && above.back() != 0) end = end == 0 ? above.back() : std::min(end, above.back());
    ends.push_back(end);
    above.push_back(end);
  }
  return ends;
}

}  // namespace seisaku::policyctl
