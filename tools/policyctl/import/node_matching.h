// Which node of the plan each node of a sheet is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/policyctl/documents/progress_sheet.h"
#include "tools/policyctl/import/existing.h"

namespace seisaku::policyctl::imports {

enum class MatchedBy {
  kNothing,   // the plan does not have it
  kTitle,     // the same title under the same parent
  kSpelling,  // the same but for its spelling (documents::SearchKey)
  kContents,  // another title, or none, over the same things
  kPlace,     // both names were lost, and they are the next such ones under the same parent
};

struct NodeMatch {
  const catalog::v1::Node* node = nullptr;  // in force in the sheet's year, or later
  MatchedBy by = MatchedBy::kNothing;
  // It is one of these, and nothing tells which: `node` is null, and it is not new either.
  std::vector<const catalog::v1::Node*> candidates;
  // `node` is null: the plan had it and it has ended by the sheet's year, so that it is a new one if anything
  // is put under it.
  const catalog::v1::Node* ended = nullptr;
};

// One per node of the sheet. What is in force in the sheet's year goes before what will be, and both before
// what has ended by then. Of several that have the title, what stands below and the number decide, then which
// ends first. No node of the plan is matched twice.
std::vector<NodeMatch> MatchNodes(const documents::ProgressSheet& sheet, const ExistingTree& tree);

// Whether both are the same number but for full-width digits.
bool SameNumber(std::string_view a, std::string_view b);

}  // namespace seisaku::policyctl::imports
