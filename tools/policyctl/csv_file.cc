#include "tools/policyctl/csv_file.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/base/text.h"
#include "tools/policyctl/table.h"

namespace seisaku::policyctl {
namespace {

constexpr int kShownColumns = 40;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// -?digits with commas, a point and a percent sign: what a spreadsheet reads as a number.
bool IsNumber(std::string_view cell) {
  if (cell.starts_with('-') || cell.starts_with('+')) cell.remove_prefix(1);
  if (cell.ends_with('%')) cell.remove_suffix(1);
  const bool only_parts =
      std::all_of(cell.begin(), cell.end(), [](char c) { return IsDigit(c) || c == ',' || c == '.'; });
  return !cell.empty() && only_parts && IsDigit(cell.front()) && IsDigit(cell.back()) &&
         std::count(cell.begin(), cell.end(), '.') <= 1;
}

std::string MetadataOf(const absl::Status& status, const std::string& key) {
  const std::optional<google::rpc::ErrorInfo> info = GetErrorInfo(status);
  if (!info) return "";
  const auto found = info->metadata().find(key);
  return found == info->metadata().end() ? "" : found->second;
}

// Every character of `cell` that CP932 cannot hold, each once, "诊 〜"; empty where it holds all.
std::string CharactersNotInCp932(std::string_view cell) {
  std::string all;
  while (true) {
    const absl::StatusOr<std::string> bytes = Utf8ToCp932(cell);
    if (bytes.ok()) return all;
    const std::string character = MetadataOf(bytes.status(), "character");
    const size_t at = cell.find(character);
    // Bytes that are not even UTF-8 are shown as "0x8A", which does not stand in the cell.
    if (all.find(character) == std::string::npos) all += (all.empty() ? "" : " ") + character;
    if (character.empty() || at == std::string_view::npos) return all;
    cell.remove_prefix(at + character.size());
  }
}

FieldViolation Violation(const Records& records, size_t row, size_t column, const std::string& characters,
                         Language language) {
  const std::string title = column < records.front().size() ? records.front()[column] : "";
  const std::string shown = CutToWidth(records[row][column], kShownColumns, 1);
  return {Say(language, text::kCellPlace, row + 1, column + 1, title),
          Say(language, text::kCellCharacters, characters, shown)};
}

}  // namespace

std::string WithoutFormula(const std::string& cell) {
  constexpr std::string_view kStarts = "=+-@\t\r";
  if (cell.empty() || kStarts.find(cell.front()) == std::string_view::npos) return cell;
  if (cell == "-" || IsNumber(cell)) return cell;
  return "'" + cell;
}

Records WithoutFormulas(Records records) {
  for (std::vector<std::string>& record : records) {
    for (std::string& cell : record) cell = WithoutFormula(cell);
  }
  return records;
}

size_t TakeCp932LookAlikes(Records& records) {
  size_t changed = 0;
  for (std::vector<std::string>& record : records) {
    for (std::string& cell : record) {
      std::string similar = WithCp932LookAlikes(cell);
      if (similar == cell) continue;
      cell = std::move(similar);
      ++changed;
    }
  }
  return changed;
}

absl::StatusOr<std::string> EncodeCsv(const Records& records, Encoding encoding, Language language) {
  if (encoding == Encoding::kUtf8) return ToCsv(records);
  std::vector<FieldViolation> violations;
  for (size_t row = 0; row < records.size(); ++row) {
    for (size_t column = 0; column < records[row].size(); ++column) {
      const std::string characters = CharactersNotInCp932(records[row][column]);
      if (!characters.empty()) violations.push_back(Violation(records, row, column, characters, language));
    }
  }
  if (violations.empty()) return Utf8ToCp932(ToCsv(records));
  return MakeError(absl::StatusCode::kFailedPrecondition, "OUTPUT_NOT_IN_CHARSET",
                   fmt::format("{} cells have characters that CP932 cannot hold", violations.size()),
                   {{"charset", "cp932"}, {"cells", fmt::to_string(violations.size())}}, violations);
}

}  // namespace seisaku::policyctl
