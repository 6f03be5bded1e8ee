// Which fiscal year the judgements and the texts of a sheet are about.
#pragma once

#include <optional>
#include <vector>

#include "tools/policyctl/documents/finding.h"
#include "tools/policyctl/documents/sheet_header.h"

namespace seisaku::documents {

// The year that the judgement's column names; else the only year with actuals; else `said` (a fiscal year; 0:
// nobody said); else the only fiscal year that the `titles`, the lines above the first header, name, with
// YEAR_FROM_TITLE.
// nullopt, with a fatal finding about the header in `line`: JUDGED_YEAR_UNCLEAR (none of these),
// JUDGED_YEAR_DIFFERS (the header says another year than `said`), HEADER_INCOMPLETE (there is no column of
// that year's target or actual).
std::optional<int> DecideJudgedYear(const SheetHeader& header, int said,
                                    const std::vector<SourceCell>& titles, int line,
                                    std::vector<Finding>& findings);

}  // namespace seisaku::documents
