#include "tools/policyctl/import/findings_file.h"

#include "fmt/format.h"
#include "services/base/status.h"
#include "tools/policyctl/csv_file.h"
#include "tools/policyctl/import/import_finding.h"
#include "tools/policyctl/whole_file.h"

namespace seisaku::policyctl::imports {
namespace {

using documents::Finding;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// RFC 8259 §7.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace

std::string FindingsAsJson(Language language, const std::vector<Finding>& findings) {
  std::string json = "[";
  for (const Finding& finding : findings) {
    json += json.size() == 1 ? "\n" : ",\n";
    json += fmt::format(
        R"(  {{"line": {}, "column": {}, "columnName": {}, "severity": "{}", "code": "{}", "printed": {}, )"
        R"("made": {}, "message": {}}})",
        finding.line, finding.column, Quoted(finding.column_name), SeverityName(finding.severity),
        finding.code, Quoted(finding.printed), Quoted(MadeIn(language, finding)),
        Quoted(SentenceOf(language, finding)));
  }
  return json + (findings.empty() ? "]\n" : "\n]\n");
}

Records FindingsAsRecords(Language language, const std::vector<Finding>& findings) {
  Records records = {{"line", "column", "column_name", "severity", "code", "printed", "made", "message"}};
  for (const Finding& finding : findings) {
    records.push_back({fmt::format("{}", finding.line), fmt::format("{}", finding.column),
                       finding.column_name, std::string(SeverityName(finding.severity)), finding.code,
                       finding.printed, MadeIn(language, finding), SentenceOf(language, finding)});
  }
  return records;
}

absl::Status WriteFindings(Language language, const std::vector<Finding>& findings, const std::string& out) {
  const bool json_only = out.ends_with(".json");
  const bool csv_only = out.ends_with(".csv");
  if (!csv_only) {
    RETURN_IF_ERROR(WriteWholeFile(json_only ? out : out + ".json", FindingsAsJson(language, findings)));
  }
  if (json_only) return absl::OkStatus();
  return WriteWholeFile(
      csv_only ? out : out + ".csv",
      std::string(kByteOrderMark) + ToCsv(WithoutFormulas(FindingsAsRecords(language, findings))));
}

}  // namespace seisaku::policyctl::imports
