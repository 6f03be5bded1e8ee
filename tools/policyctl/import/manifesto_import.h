// From a manifesto to the command that brings it into catalog.
#pragma once

#include "tools/policyctl/documents/manifesto.h"
#include "tools/policyctl/import/existing.h"
#include "tools/policyctl/import/import_plan.h"

namespace seisaku::policyctl::imports {

// Items are matched by their parent, then number and title, then number and the title's spelling, then the
// title alone, then its spelling alone, where as many have it on both sides; what has an end in the plan
// comes behind what has none, is told of and stays retired. Then the number alone: that one has another title
// in the plan, which is a conflict, or takes the manifesto's where the overwrite says so. The rest is new,
// named node-001, node-002, … in document order. Numbers and order follow the manifesto. Pure.
ImportPlan PlanManifestoImport(const documents::Manifesto& manifesto, const SourceDocument& document,
                               const ExistingPlan& plan, const Overwrite& overwrite = {});

}  // namespace seisaku::policyctl::imports
