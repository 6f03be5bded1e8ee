// Which KPI of the plan each row of a sheet is about.
#pragma once

#include <string>
#include <vector>

#include "tools/policyctl/import/node_matching.h"

namespace seisaku::policyctl::imports {

struct KpiMatch {
  enum class Outcome {
    kUnanswered,      // the plan may know it by another name: a person must say
    kAmbiguous,       // it may be one of `candidates`, and so may the rows of `lines`: a person must say
    kNameNotUnique,   // the corrected name would be that of the rows of `lines` too: a person must say
    kAnswerUnusable,  // a person said, but `answer` names no KPI that is free
    kMatched,         // it is `kpi`
    kNew,             // the plan does not have it yet
  };
  Outcome outcome = Outcome::kUnanswered;
  const catalog::v1::Kpi* kpi = nullptr;
  bool by_sidecar = false;   // the sidecar's id or alias decided
  bool by_place = false;     // its name was lost; where it stands decided
  bool by_spelling = false;  // its name is the same but for spelling
  std::string answer;        // the sidecar's id or alias, if it has one
  // kUnanswered: KPIs that no row is about, those with the most similar names first: of the same measure,
  // then those elsewhere whose name is rather like the row's. kAmbiguous: those that fit.
  std::vector<const catalog::v1::Kpi*> candidates;
  std::vector<int> lines;  // kAmbiguous, kNameNotUnique: of the other rows
};

// One per row. In this order: the sidecar's id; the exact name (as printed, or corrected) under the same
// 主な取組, then under the same measure, the level above it; the sidecar's alias; the name but for its
// spelling (documents::SearchKey), likewise; a lost name by its place. What is in force in the sheet's year
// goes before what will be, and of two that are the one that ends first. What is left is new where the plan
// has no KPI at all or the sidecar says new; a KPI of that name that has ended by then comes last. It is new,
// too, where nobody has reported anything yet (`unused`) and rows are about all KPIs that the plan has: then
// it can be none of them by another name, as when the import of a large sheet was cut off. No KPI is matched
// twice: where a row may be several KPIs, or several rows may be one, none of them is matched.
std::vector<KpiMatch> MatchKpis(const documents::ProgressSheet& sheet, const ExistingPlan& plan,
                                const ExistingTree& tree, const std::vector<NodeMatch>& nodes,
                                bool unused = false);

}  // namespace seisaku::policyctl::imports
