// What a reader of a printed document noticed, repaired or could not read. Nothing is guessed silently: each
// repair is a finding.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace seisaku::documents {

// kInfo: read without doubt, for the record. kWarning: a person should look. kError: something was lost on
// paper and has a provisional stand-in. kFatal: the file is refused; nothing of it may be imported.
enum class Severity { kInfo, kWarning, kError, kFatal };

// Where a fact was read: a tab-separated field of the file.
struct SourceCell {
  int line = 0;             // from 1
  int column = 0;           // field as printed, from 1; 0 is the whole line
  std::string column_name;  // what the column is, from the page's header ("指標名"); may be empty
  std::string printed;      // the field byte for byte
  bool operator==(const SourceCell&) const = default;
};

struct Finding {
  int line = 0;             // from 1; 0: the whole file
  int column = 0;           // from 1; 0: the whole line
  std::string column_name;  // may be empty
  Severity severity = Severity::kInfo;
  std::string code;          // UPPER_SNAKE, one of finding_code
  std::string printed;       // the text as printed; for damage of the file itself, where it is (byte 12)
  std::string made;          // what was made of it, or what would be right
  std::string made_english;  // the same for English readers; empty where it is the same text
  bool operator==(const Finding&) const = default;
};

// What a finding says of `made` where that is a sentence and not a name or a figure: in both languages, to be
// taken apart by SetMade.
std::string InBothLanguages(std::string_view japanese, std::string_view english);
// Sets `made` and `made_english`.
void SetMade(Finding& finding, std::string_view made);
// What was made of it, for readers of English.
const std::string& MadeInEnglish(const Finding& finding);

// A finding about `cell`, with the severity that belongs to `code` (a name from finding_code.h).
Finding MakeFinding(std::string_view code, const SourceCell& cell, std::string_view made);

// Whether any finding refuses the file.
bool HasFatal(const std::vector<Finding>& findings);

// Orders findings by line, then column; findings of one cell stay in the order they were made in.
void SortFindings(std::vector<Finding>& findings);

// "INFO", "WARNING", "ERROR", "FATAL".
std::string_view SeverityName(Severity severity);

// One sentence that says what was found and, where something is wrong, what would be right. Line and column
// are not part of it; long texts are cut at 60 characters.
std::string SentenceJapanese(const Finding& finding);
std::string SentenceEnglish(const Finding& finding);

}  // namespace seisaku::documents
