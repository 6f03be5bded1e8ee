#include "tools/policyctl/documents/lines.h"

#include <algorithm>
#include <optional>

#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/encoding.h"
#include "tools/policyctl/documents/finding_code.h"

namespace seisaku::documents {

namespace {

// Never empty: text without the separator is one part.
std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// A spreadsheet that saves tab-separated text puts a field with a comma or a quote in quotes and doubles
// those inside. Quotes that a city printed itself have neither, and stay.
std::string WithoutSpreadsheetQuotes(const std::string& field) {
  if (field.size() < 2 || field.front() != '"' || field.back() != '"') return field;
  const std::string inside = field.substr(1, field.size() - 2);
  std::string text;
  for (size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] == '"' && (++i == inside.size() || inside[i] != '"')) return field;
    text += inside[i];
  }
  const bool needs_quotes = text.size() != inside.size() || text.find(',') != std::string::npos;
  return needs_quotes ? text : field;
}

std::vector<std::string> SplitFields(std::string_view line) {
  std::vector<std::string> fields = Split(line, '\t');
  for (std::string& field : fields) field = WithoutSpreadsheetQuotes(field);
  return fields;
}

}  // namespace

bool Line::IsBlank() const {
  return std::all_of(fields.begin(), fields.end(),
                     [](const std::string& field) { return Trim(field).empty(); });
}

std::vector<Line> ReadLines(std::string_view bytes, std::vector<Finding>& findings) {
  const std::optional<std::string> text = DecodeDocument(bytes, findings);
  if (!text) return {};
  std::vector<Line> lines;
  for (const std::string& whole : Split(*text, '\n')) {
    std::string_view raw = whole;
    ConsumeSuffix(raw, "\r");
    lines.push_back({static_cast<int>(lines.size()) + 1, SplitFields(raw)});
  }
  if (std::all_of(lines.begin(), lines.end(), [](const Line& line) { return line.IsBlank(); })) {
    findings.push_back(MakeFinding(finding_code::kEmptyFile, {}, ""));
    return {};
  }
  return lines;
}

}  // namespace seisaku::documents
