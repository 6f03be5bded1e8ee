// Which node of the plan each node of a sheet is.
#pragma once

#include <vector>

#include "tools/policyctl/documents/progress_sheet.h"
#include "tools/policyctl/import/existing.h"
#include "tools/policyctl/import/sidecar.h"

namespace seisaku::policyctl::imports {

enum class MatchedBy {
  kNothing,   // the plan does not have it
  kTitle,     // the same title under the same parent
  kSpelling,  // the same but for width, spaces and case
  kContents,  // another title, or none, over the same things
  kPlace,     // both names were lost, and they are the next such ones under the same parent
};

struct NodeMatch {
  const catalog::v1::Node* node = nullptr;
  MatchedBy by = MatchedBy::kNothing;
};

// One per node of the sheet. No node of the plan is matched twice.
std::vector<NodeMatch> MatchNodes(const documents::ProgressSheet& sheet, const Sidecar& sidecar,
                                  const ExistingTree& tree);

// The names that the plan may have for the KPI of a row: as printed, corrected, and the sidecar's alias.
std::vector<std::string> PossibleNames(const documents::KpiRow& row, const Sidecar& sidecar);

}  // namespace seisaku::policyctl::imports
