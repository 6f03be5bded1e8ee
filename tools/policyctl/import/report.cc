#include "tools/policyctl/import/report.h"

#include <array>

#include "services/base/text.h"
#include "services/base/visible.h"
#include "tools/policyctl/import/differences.h"
#include "tools/policyctl/import/words.h"

namespace seisaku::policyctl::imports {
namespace {

using documents::Finding;
using documents::Severity;
using google::protobuf::ListValue;
using google::protobuf::Struct;

std::string FindingLine(Language language, const std::string& document, const Finding& finding) {
  const Text& word = finding.severity == Severity::kFatal   ? text::kFatalWord
                     : finding.severity == Severity::kError ? text::kErrorWord
                                                            : text::kWarningWord;
  const Text& line = finding.line == 0     ? text::kFindingLineOfFile
                     : finding.column == 0 ? text::kFindingLineOfRow
                                           : text::kFindingLine;
  const std::string cell = finding.column_name.empty() ? "" : finding.column_name + ": ";
  return VisibleLine(Say(language, line, document, finding.line, finding.column, cell, In(language, word),
                         SentenceOf(language, finding), finding.code)) +
         "\n";
}

std::array<int, 4> CountBySeverity(const std::vector<Finding>& findings) {
  std::array<int, 4> counts = {};
  for (const Finding& finding : findings) ++counts[static_cast<size_t>(finding.severity)];
  return counts;
}

std::string DifferenceLine(const Difference& difference) {
  constexpr int kDetailColumns = 80;
  const std::string detail = VisibleLine(difference.detail);
  const std::string_view shown = TruncateToWidth(detail, kDetailColumns);
  return fmt::format("  {}  {}  {}{}\n", VisibleLine(difference.resource), difference.action, shown,
                     shown.size() == detail.size() ? "" : "…");
}

std::string PartLine(Language language, bool written, size_t changes, const type::v1::Receipt& receipt,
                     const Text& done, const Text& would, const Text& unchanged) {
  if (changes == 0) return Say(language, unchanged) + "\n";
  if (!written) return Say(language, would, changes) + "\n";
  return Say(language, done, receipt.entries(), receipt.position() - receipt.entries(), receipt.position()) +
         "\n";
}

void Set(Struct& object, const char* key, const std::string& value) {
  (*object.mutable_fields())[key].set_string_value(value);
}
void Set(Struct& object, const char* key, int64_t value) {
  (*object.mutable_fields())[key].set_number_value(static_cast<int>(value));
}
void SetBool(Struct& object, const char* key, bool value) {
  (*object.mutable_fields())[key].set_bool_value(value);
}

Struct PartStruct(bool written, size_t changes, const type::v1::Receipt& receipt) {
  Struct part;
  Set(part, "changes", static_cast<int64_t>(changes));
  Set(part, "entries", written ? static_cast<int64_t>(receipt.entries()) : 0);
  if (written && changes > 0) Set(part, "position", static_cast<int64_t>(receipt.position()));
  return part;
}

Struct FindingStruct(Language language, const Finding& finding) {
  Struct object;
  Set(object, "line", finding.line);
  Set(object, "column", finding.column);
  Set(object, "columnName", finding.column_name);
  Set(object, "severity", std::string(SeverityName(finding.severity)));
  Set(object, "code", finding.code);
  Set(object, "printed", finding.printed);
  Set(object, "made", MadeIn(language, finding));
  Set(object, "message", SentenceOf(language, finding));
  return object;
}

}  // namespace

std::string ReportText(Language language, const ImportReport& report) {
  const ImportPlan& import = report.import;
  std::string out;
  // What refuses the file is not hidden among what was repaired.
  const Severity least = documents::HasFatal(import.findings) ? Severity::kFatal : Severity::kWarning;
  for (const Finding& finding : import.findings) {
    if (finding.severity >= least) out += FindingLine(language, report.document, finding);
  }
  const std::array<int, 4> counts = CountBySeverity(import.findings);
  out += Say(language, text::kFindingCounts, counts[3], counts[2], counts[1], counts[0]) + "\n";
  if (report.plan.empty() || documents::HasFatal(import.findings)) return out;
  if (report.dry_run) {
    for (const Difference& difference : DifferencesOf(import)) out += DifferenceLine(difference);
  }
  const bool written = report.outcome.written;
  out += PartLine(language, written, import.catalog.size(), report.outcome.catalog.receipt(),
                  text::kCatalogWritten, text::kCatalogWould, text::kCatalogUnchanged);
  if (report.fiscal_year != 0) {
    out += PartLine(language, written, import.progress.size(), report.outcome.progress.receipt(),
                    text::kProgressWritten, text::kProgressWould, text::kProgressUnchanged);
  }
  if (import.conflicts > 0) out += Say(language, text::kConflictsLeft, import.conflicts) + "\n";
  if (import.left_out > 0) out += Say(language, text::kLeftOut, import.left_out) + "\n";
  if (report.dry_run) out += Say(language, text::kNothingWritten) + "\n";
  return out;
}

Struct ReportStruct(Language language, const ImportReport& report) {
  Struct out;
  const ImportPlan& import = report.import;
  const bool written = report.outcome.written;
  Set(out, "document", report.document);
  Set(out, "plan", report.plan);
  if (report.fiscal_year != 0) Set(out, "fiscalYear", report.fiscal_year);
  SetBool(out, "dryRun", report.dry_run);
  SetBool(out, "written", written);
  Set(out, "conflicts", import.conflicts);
  Set(out, "leftOut", import.left_out);
  *(*out.mutable_fields())["catalog"].mutable_struct_value() =
      PartStruct(written, import.catalog.size(), report.outcome.catalog.receipt());
  *(*out.mutable_fields())["progress"].mutable_struct_value() =
      PartStruct(written, import.progress.size(), report.outcome.progress.receipt());
  if (report.dry_run) {
    ListValue& list = *(*out.mutable_fields())["differences"].mutable_list_value();
    for (const Difference& difference : DifferencesOf(import)) {
      Struct& object = *list.add_values()->mutable_struct_value();
      Set(object, "resource", difference.resource);
      Set(object, "action", difference.action);
      Set(object, "detail", difference.detail);
    }
  }
  ListValue& list = *(*out.mutable_fields())["findings"].mutable_list_value();
  for (const Finding& finding : import.findings) {
    *list.add_values()->mutable_struct_value() = FindingStruct(language, finding);
  }
  return out;
}

}  // namespace seisaku::policyctl::imports
