#include "tools/policyctl/documents/encoding.h"

#include <fmt/format.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "services/base/status.h"
#include "services/base/text.h"
#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/finding_code.h"

namespace seisaku::documents {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Format {
  std::string_view beginning;
  std::string_view japanese;
  std::string_view english;
};

// What people choose by mistake, by how such files begin.
constexpr std::array<Format, 5> kFormats = {{
    {"PK\x03\x04", "Excelブック(.xlsx)などのZIP形式のファイル",
     "a zip file, such as an Excel workbook (.xlsx)"},
    {"\xD0\xCF\x11\xE0", "Excelブック(.xls)など旧形式のOffice文書",
     "an old Office document, such as a workbook (.xls)"},
    {"%PDF", "PDFファイル", "a PDF file"},
    {"\xFF\xFE", "UTF-16(Excelの「Unicode テキスト」など)", "UTF-16, as Excel's \"Unicode Text\" is"},
    {"\xFE\xFF", "UTF-16(Excelの「Unicode テキスト」など)", "UTF-16, as Excel's \"Unicode Text\" is"},
}};

// How well bytes that are not ASCII form characters of UTF-8.
struct Utf8Form {
  size_t good = 0;
  size_t bad = 0;
  size_t first_bad = 0;  // its offset, where there is one
};

Utf8Form FormOf(std::string_view text) {
  Utf8Form form;
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t next = 0; next < length;) {
    const int32_t begin = next;
    UChar32 c;
    U8_NEXT(text.data(), next, length, c);
    const auto bytes = static_cast<size_t>(next - begin);
    if (c < 0 && form.bad == 0) form.first_bad = static_cast<size_t>(begin);
    if (c < 0) form.bad += bytes;
    if (c > 0x7F) form.good += bytes;
  }
  return form;
}

// Where Cp932ToUtf8 found no character.
size_t OffsetOf(const absl::Status& error) {
  const std::optional<google::rpc::ErrorInfo> info = GetErrorInfo(error);
  if (!info) return 0;
  const auto offset = info->metadata().find("offset");
  return offset == info->metadata().end() ? 0 : std::strtoull(offset->second.c_str(), nullptr, 10);
}

// A finding about the byte at `offset`.
Finding At(std::string_view code, std::string_view text, size_t offset, std::string printed) {
  const std::string_view before = text.substr(0, offset);
  const size_t line_end = before.rfind('\n');
  const std::string_view line = line_end == std::string_view::npos ? before : before.substr(line_end + 1);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const auto tabs = std::count(line.begin(), line.end(), '\t');
  return MakeFinding(code,
                     {.line = static_cast<int>(lines) + 1,
                      .column = static_cast<int>(tabs) + 1,
                      .printed = std::move(printed)},
                     fmt::format("{}", line.size() + 1));
}

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) {
    hex += fmt::format("{}0x{:02X}", hex.empty() ? "" : " ", static_cast<unsigned char>(byte));
  }
  return hex;
}

std::optional<Finding> FindControlCharacter(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool ends_line = byte == '\n' || (byte == '\r' && (i + 1 == text.size() || text[i + 1] == '\n'));
    if ((byte >= 0x20 && byte != 0x7F) || byte == '\t' || ends_line) continue;
    return At(finding_code::kControlCharacter, text, i, Hex(text.substr(i, 1)));
  }
  return std::nullopt;
}

// What Windows reads otherwise than other systems do, which call these characters 〜 − ‖ — ¢ £ ¬.
std::string WindowsCharactersIn(std::string_view text) {
  constexpr std::array<std::string_view, 7> kCharacters = {"～", "－", "∥", "―", "￠", "￡", "￢"};
  std::string found;
  for (const std::string_view character : kCharacters) {
    if (Contains(text, character)) found += fmt::format("{}{}", found.empty() ? "" : " ", character);
  }
  return found;
}

}  // namespace

std::optional<std::string> DecodeDocument(std::string_view bytes, std::vector<Finding>& findings) {
  for (const Format& format : kFormats) {
    if (!bytes.starts_with(format.beginning)) continue;
    findings.push_back(
        MakeFinding(finding_code::kNotText, {}, InBothLanguages(format.japanese, format.english)));
    return std::nullopt;
  }
  std::string_view text = bytes;
  ConsumePrefix(text, kByteOrderMark);
  if (std::optional<Finding> control = FindControlCharacter(text)) {
    findings.push_back(*std::move(control));
    return std::nullopt;
  }
  const Utf8Form form = FormOf(text);
  if (form.bad == 0) return std::string(text);
  size_t damage = form.first_bad;
  if (form.good < form.bad) {
    absl::StatusOr<std::string> converted = Cp932ToUtf8(text);
    if (converted.ok()) {
      findings.push_back(MakeFinding(finding_code::kEncodingConverted, {}, ""));
      if (const std::string characters = WindowsCharactersIn(*converted); !characters.empty()) {
        findings.push_back(MakeFinding(finding_code::kWindowsCharacters, {}, characters));
      }
      return *std::move(converted);
    }
    damage = OffsetOf(converted.status());
  }
  constexpr size_t kShownBytes = 3;
  findings.push_back(At(finding_code::kNotUtf8, text, damage, Hex(text.substr(damage, kShownBytes))));
  return std::nullopt;
}

}  // namespace seisaku::documents
