// A document's bytes as lines of tab-separated fields.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/policyctl/documents/finding.h"

namespace seisaku::documents {

struct Line {
  int number = 0;  // in the file, from 1
  std::vector<std::string> fields;

  // Whether every field is blank.
  bool IsBlank() const;
};

// Splits the text of `bytes` (DecodeDocument, whose findings these are): lines end with LF or CRLF, the last
// one may lack it. Blank lines are kept (a page ends with one). Fields are byte for byte as printed, without
// the quotes that a spreadsheet adds to a field with a comma or a quote. No lines where a finding is fatal;
// one more is EMPTY_FILE: nothing but white space.
std::vector<Line> ReadLines(std::string_view bytes, std::vector<Finding>& findings);

}  // namespace seisaku::documents
