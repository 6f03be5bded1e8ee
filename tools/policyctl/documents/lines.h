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

// Splits `bytes`: a byte order mark is skipped, lines end with LF or CRLF, the last one may lack it. Blank
// lines are kept (a page ends with one). Fields are byte for byte as printed, without the
// quotes that a spreadsheet adds to a field with a comma or a quote.
// Fatal findings, and no lines: EMPTY_FILE (nothing but white space), NOT_TEXT (a control character, UTF-16),
// NOT_UTF8 and NOT_UTF8_BUT_CP932 (with the line and the byte in it).
std::vector<Line> ReadLines(std::string_view bytes, std::vector<Finding>& findings);

}  // namespace seisaku::documents
