#include "tools/policyctl/documents/finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "tools/policyctl/documents/finding_code.h"

namespace seisaku::documents {

namespace {

// Never in a document: a file with control characters is no text.
constexpr char kBetweenLanguages = '\x1F';

// A code that is not in the table is a mistake of the programmer; it is refused as fatal rather than lost.
const FindingMessage& MessageOf(std::string_view code) {
  static constexpr FindingMessage kUnknown = {"", Severity::kFatal, "{0} → {1}", "{0} → {1}"};
  for (const FindingMessage& message : FindingMessages()) {
    if (message.code == code) return message;
  }
  return kUnknown;
}

// At most 60 characters; a sentence is read on one line.
std::string Shortened(std::string_view text) {
  constexpr int kCharacters = 60;
  int characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool starts_character = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (starts_character && ++characters > kCharacters) return fmt::format("{}…", text.substr(0, i));
  }
  return std::string(text);
}

}  // namespace

std::string InBothLanguages(std::string_view japanese, std::string_view english) {
  return fmt::format("{}{}{}", japanese, kBetweenLanguages, english);
}

void SetMade(Finding& finding, std::string_view made) {
  const size_t end = made.find(kBetweenLanguages);
  finding.made = made.substr(0, end);
  finding.made_english = end == std::string_view::npos ? "" : made.substr(end + 1);
}

const std::string& MadeInEnglish(const Finding& finding) {
  return finding.made_english.empty() ? finding.made : finding.made_english;
}

Finding MakeFinding(std::string_view code, const SourceCell& cell, std::string_view made) {
  Finding finding{.line = cell.line,
                  .column = cell.column,
                  .column_name = cell.column_name,
                  .severity = MessageOf(code).severity,
                  .code = std::string(code),
                  .printed = cell.printed};
  SetMade(finding, made);
  return finding;
}

bool HasFatal(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::kFatal; });
}

void SortFindings(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
}

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "INFO";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kError:
      return "ERROR";
    case Severity::kFatal:
      return "FATAL";
  }
  return "FATAL";
}

std::string SentenceJapanese(const Finding& finding) {
  return fmt::format(fmt::runtime(MessageOf(finding.code).japanese), Shortened(finding.printed),
                     finding.made);
}

std::string SentenceEnglish(const Finding& finding) {
  return fmt::format(fmt::runtime(MessageOf(finding.code).english), Shortened(finding.printed),
                     Shortened(MadeInEnglish(finding)));
}

}  // namespace seisaku::documents
