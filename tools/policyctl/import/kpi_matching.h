// Which KPI of the plan each row of a sheet is about.
#pragma once

#include <string>
#include <vector>

#include "tools/policyctl/import/node_matching.h"

namespace seisaku::policyctl::imports {

struct KpiMatch {
  enum class Outcome {
    kUnanswered,      // the plan may know it by another name: a person must say
    kAnswerUnusable,  // a person said, but `answer` names no KPI that is free
    kMatched,         // it is `kpi`
    kNew,             // the plan does not have it yet
  };
  Outcome outcome = Outcome::kUnanswered;
  const catalog::v1::Kpi* kpi = nullptr;
  bool by_sidecar = false;  // the sidecar's id or alias decided
  bool by_place = false;    // its name was lost; where it stands decided
  std::string answer;       // the sidecar's id or alias, if it has one
  // kUnanswered: KPIs of the same measure that no row is about.
  std::vector<const catalog::v1::Kpi*> candidates;
};

// One per row. In this order: the sidecar's id; the exact name (as printed, or corrected) under the same
// measure, the level above 主な取組; the sidecar's alias; a lost name by its place. What is left is new where
// the plan has no KPI at all or the sidecar says new. No KPI is matched twice.
std::vector<KpiMatch> MatchKpis(const documents::ProgressSheet& sheet, const Sidecar& sidecar,
                                const ExistingPlan& plan, const ExistingTree& tree,
                                const std::vector<NodeMatch>& nodes);

}  // namespace seisaku::policyctl::imports
