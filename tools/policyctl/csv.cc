#include "tools/policyctl/csv.h"

namespace seisaku::policyctl {

std::string CsvField(std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(field);
  std::string quoted = "\"";
  for (char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string ToCsv(const Records& records) {
  std::string csv;
  for (const std::vector<std::string>& record : records) {
    for (size_t i = 0; i < record.size(); ++i) {
      if (i > 0) csv += ',';
      csv += CsvField(record[i]);
    }
    csv += "\r\n";
  }
  return csv;
}

}  // namespace seisaku::policyctl
