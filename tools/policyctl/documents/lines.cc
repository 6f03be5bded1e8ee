#include "tools/policyctl/documents/lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "services/base/text.h"
#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/finding_code.h"

namespace seisaku::documents {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

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

std::optional<Finding> FindControlCharacter(std::string_view line, int number) {
  for (size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if ((byte >= 0x20 || byte == '\t') && byte != 0x7F) continue;
    const std::string where = fmt::format("byte {} is the control character {:#04x}", i + 1, byte);
    return MakeFinding(finding_code::kNotText, {.line = number, .printed = where}, "");
  }
  return std::nullopt;
}

// The first byte at which `line` stops being UTF-8, from 1. A prefix that ends inside a character is not
// UTF-8 either, so the longest good prefix marks the place.
size_t FirstBadByte(std::string_view line) {
  size_t good = 0;
  for (size_t length = 1; length <= line.size(); ++length) {
    if (length < line.size() && (static_cast<unsigned char>(line[length]) & 0xC0) == 0x80) continue;
    if (!IsUtf8(line.substr(good, length - good))) break;
    good = length;
  }
  return good + 1;
}

std::optional<Finding> FindBadEncoding(std::string_view line, int number, std::string_view bytes) {
  if (IsUtf8(line)) return std::nullopt;
  const bool cp932 = Cp932ToUtf8(bytes).ok();
  const std::string where = fmt::format("byte {}", FirstBadByte(line));
  return MakeFinding(cp932 ? finding_code::kNotUtf8ButCp932 : finding_code::kNotUtf8,
                     {.line = number, .printed = where}, "");
}

}  // namespace

bool Line::IsBlank() const {
  return std::all_of(fields.begin(), fields.end(),
                     [](const std::string& field) { return Trim(field).empty(); });
}

std::vector<Line> ReadLines(std::string_view bytes, std::vector<Finding>& findings) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    findings.push_back(MakeFinding(finding_code::kNotText, {.printed = "UTF-16"}, ""));
    return {};
  }
  std::string_view text = bytes;
  ConsumePrefix(text, kByteOrderMark);
  std::vector<Line> lines;
  for (const std::string& whole : Split(text, '\n')) {
    const int number = static_cast<int>(lines.size()) + 1;
    std::string_view raw = whole;
    ConsumeSuffix(raw, "\r");
    std::optional<Finding> damage = FindControlCharacter(raw, number);
    if (!damage) damage = FindBadEncoding(raw, number, text);
    if (damage) {
      findings.push_back(*damage);
      return {};
    }
    lines.push_back({number, SplitFields(raw)});
  }
  if (std::all_of(lines.begin(), lines.end(), [](const Line& line) { return line.IsBlank(); })) {
    findings.push_back(MakeFinding(finding_code::kEmptyFile, {}, ""));
    return {};
  }
  return lines;
}

}  // namespace seisaku::documents
