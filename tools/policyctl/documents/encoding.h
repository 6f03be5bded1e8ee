// A document's bytes as UTF-8 text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/policyctl/documents/finding.h"

namespace seisaku::documents {

// The text of a document in UTF-8, with or without a byte order mark, or in CP932 (what older systems and
// Excel write in a Japanese office), which is converted and noted: ENCODING_CONVERTED, and
// WINDOWS_CHARACTERS where it has some that other systems read as look-alikes (～ for 〜). What is mostly
// well-formed UTF-8 is never taken for CP932, however readable as such, so that a damaged file is refused and
// not garbled. Fatal findings, and nullopt: NOT_TEXT (a workbook, a PDF, UTF-16), CONTROL_CHARACTER and
// NOT_UTF8 (each with the line, the field and the byte in the line).
std::optional<std::string> DecodeDocument(std::string_view bytes, std::vector<Finding>& findings);

}  // namespace seisaku::documents
