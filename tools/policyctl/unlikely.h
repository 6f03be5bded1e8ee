// Figures that a person is asked about before they are taken: a mistyped year, a unit that is off. Who means
// them says --force.
#pragma once

#include <vector>

#include "seisaku/type/v1/value.pb.h"

namespace seisaku::policyctl {

// Whether nobody can have a figure of `reporting_year` yet, or has one still: it is more than one year after
// `this_year`, the reporting year that is under way (FiscalYearOf(now); 0: not known, nothing is unlikely),
// or more than thirty before it.
bool IsUnlikelyYear(int reporting_year, int this_year);
// The same of a target, which may be set as far ahead as behind.
bool IsUnlikelyTargetYear(int reporting_year, int this_year);

// What `value` is far from, where it is: of `known`, the values that the KPI has (its last figure first, then
// its targets), the first that can be compared, if `value` is 100 times as large as each of them or more, or
// a hundredth or less. Numbers are compared in the base of their units; words, 0 and other units say nothing.
// Null where the value is likely, or nothing can be compared. Points into `known`.
const type::v1::Value* FindFarFrom(const type::v1::Value& value,
                                   const std::vector<const type::v1::Value*>& known);

}  // namespace seisaku::policyctl
