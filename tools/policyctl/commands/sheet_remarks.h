// What a reader must know of a whole sheet before its rows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "seisaku/progress/v1/progress_service.pb.h"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl {

// That the plan has nothing for this year, and for which years it has targets; how many directions are
// unconfirmed, and the command that shows them. One line each; none where there is nothing to say.
std::vector<std::string> SheetRemarks(Language language, const progress::v1::GetProgressSheetResponse& sheet,
                                      int reporting_year);

// That the directions of so many of the plan's KPIs are unconfirmed: nothing for 0, else `words`, which has a
// place for the number, and a line with the command that shows them.
std::vector<std::string> UnconfirmedRemark(Language language, int unconfirmed, std::string_view plan,
                                           const Text& words);

}  // namespace seisaku::policyctl
