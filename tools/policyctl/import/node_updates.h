// What a document changes about the nodes of a plan that are there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/policyctl/import/existing.h"
#include "tools/policyctl/import/import_plan.h"

namespace seisaku::policyctl::imports {

// A node as a document prints it.
struct PrintedNode {
  std::string name;    // its resource in the plan or, created, in the draft; empty for one that is left out
  std::string number;  // empty where none is printed
  bool number_is_damaged = false;
  std::optional<std::string> new_title;  // that replaces the one it has, for the overwrite's reason
  documents::SourceCell cell;
};

// Plans one UpdateNode for each node that changes: its title where there is a new one; its number and its
// place among its siblings, which `follows` the document or, where that is older than what the plan has,
// stay. Findings tell of both. New nodes are given their place. `nodes` are in the document's order; all that
// the document creates is in the draft already.
void PlanNodeUpdates(const ExistingPlan& plan, const std::vector<PrintedNode>& nodes, bool follows,
                     ImportDraft& draft);

// What a finding says of a place: behind which title, or first.
std::string PlaceBehind(const std::string& title);

}  // namespace seisaku::policyctl::imports
