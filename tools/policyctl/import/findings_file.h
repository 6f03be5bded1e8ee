// Findings as files for other programs and for Excel.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/policyctl/csv.h"
#include "tools/policyctl/documents/finding.h"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl::imports {

// A JSON array, one object per line: line, column, columnName, severity, code, printed, made, message.
std::string FindingsAsJson(Language language, const std::vector<documents::Finding>& findings);

// The same fields as records, header first.
Records FindingsAsRecords(Language language, const std::vector<documents::Finding>& findings);

// Writes OUT.json and OUT.csv (for Excel: with a BOM, and WithoutFormulas), or the one whose extension `out`
// has. FAILED_PRECONDITION OUTPUT_UNWRITABLE (metadata `file`).
absl::Status WriteFindings(Language language, const std::vector<documents::Finding>& findings,
                           const std::string& out);

}  // namespace seisaku::policyctl::imports
