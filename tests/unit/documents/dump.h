// The documents' models as text, for golden files and for comparing two of them.
#pragma once

#include <string>
#include <string_view>

#include "tools/policyctl/documents/manifesto.h"
#include "tools/policyctl/documents/progress_sheet.h"

namespace seisaku::documents {

// Everything but the findings; one line per item, indented by level.
std::string Dump(const Manifesto& manifesto);
// Everything but the findings: years and levels, then each node once, then each KPI with its path and values.
// Long narratives are cut to their first characters.
std::string Dump(const ProgressSheet& sheet);
// One line per finding: line, column, severity, code, printed, made.
std::string Dump(const std::vector<Finding>& findings);

// The bytes of a file under the source tree; fails the test when it cannot be read.
std::string ReadSourceFile(std::string_view path);

}  // namespace seisaku::documents
