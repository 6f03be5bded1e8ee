// The evaluated progress sheet as a table.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "seisaku/progress/v1/progress_service.pb.h"
#include "tools/policyctl/csv.h"
#include "tools/policyctl/messages.h"
#include "tools/policyctl/table.h"

namespace seisaku::policyctl {

// Titles by name ("departments/d-001" -> "企画課"); a name that is not there is shown by its id.
using Titles = std::map<std::string, std::string>;

// KPI rows below headings for the goals above them (the three highest levels), components on lines of their
// own, ≠ where the declared judgement is another than the derived one, footnotes for what a reader must know.
// `footnotes` gets their lines.
Table SheetTable(Language language, const progress::v1::GetProgressSheetResponse& sheet,
                 const Titles& departments, std::vector<std::string>& footnotes);

// The whole answer: title, remarks, table, footnotes, counts. No line is wider than the terminal.
std::string SheetText(Language language, const progress::v1::GetProgressSheetResponse& sheet,
                      int reporting_year, const Titles& departments, const TableLayout& layout,
                      const std::vector<std::string>& remarks = {});

// One record per KPI and component; the goals are fields.
Records SheetRecords(Language language, const progress::v1::GetProgressSheetResponse& sheet,
                     const Titles& departments);

}  // namespace seisaku::policyctl
