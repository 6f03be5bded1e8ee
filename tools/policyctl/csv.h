// RFC 4180 comma-separated values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace seisaku::policyctl {

using Records = std::vector<std::vector<std::string>>;

// The field as it stands in a file: in double quotes where it has a comma, a quote, CR or LF.
std::string CsvField(std::string_view field);

// One line per record, ended by CR LF.
std::string ToCsv(const Records& records);

}  // namespace seisaku::policyctl
