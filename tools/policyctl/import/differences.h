// The changes of an import one by one, as a dry run shows them.
#pragma once

#include <string>
#include <vector>

#include "tools/policyctl/import/import_plan.h"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl::imports {

// A change in words of the contract: which resource, what happens to it, to what.
struct Difference {
  std::string resource;  // "plans/strategy/kpis/kpi-001"
  std::string action;    // "create_kpi", "set_target"
  std::string detail;    // what it will be: a title, a target, a figure
};

// The details in that language; resources and actions are names of the contract.
std::vector<Difference> DifferencesOf(const ImportPlan& plan, Language language = Language::kEnglish);

}  // namespace seisaku::policyctl::imports
