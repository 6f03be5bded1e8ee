#include "tools/policyctl/import/report.h"

#include <algorithm>
#include <array>

#include "services/base/text.h"
#include "services/base/visible.h"
#include "tools/policyctl/contract_words.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/import/differences.h"
#include "tools/policyctl/import/words.h"

namespace seisaku::policyctl::imports {
namespace {

using documents::Finding;
using documents::Severity;
using google::protobuf::ListValue;
using google::protobuf::Struct;

std::string FindingLine(Language language, const std::string& document, const Finding& finding,
                        const TableLayout& layout) {
  const Text& word = finding.severity == Severity::kFatal     ? text::kFatalWord
                     : finding.severity == Severity::kError   ? text::kErrorWord
                     : finding.severity == Severity::kWarning ? text::kWarningWord
                                                              : text::kNoteWord;
  const Text& line = finding.line == 0     ? text::kFindingLineOfFile
                     : finding.column == 0 ? text::kFindingLineOfRow
                                           : text::kFindingLine;
  const std::string cell = finding.column_name.empty() ? "" : finding.column_name + ": ";
  return WrapLine(VisibleLine(Say(language, line, document, finding.line, finding.column, cell,
                                  In(language, word), SentenceOf(language, finding), finding.code)),
                  layout);
}

std::array<int, 4> CountBySeverity(const std::vector<Finding>& findings) {
  std::array<int, 4> counts = {};
  for (const Finding& finding : findings) ++counts[static_cast<size_t>(finding.severity)];
  return counts;
}

std::string DifferenceLine(Language language, const Difference& difference, const TableLayout& layout) {
  constexpr int kDetailColumns = 80;
  const std::string detail = VisibleLine(difference.detail);
  const std::string_view shown = TruncateToWidth(detail, kDetailColumns);
  return WrapLine(
      fmt::format("  {}  {}  {}{}", VisibleLine(difference.resource), InWords(language, difference.action),
                  shown, shown.size() == detail.size() ? "" : "…"),
      layout);
}

std::string PartLine(Language language, bool written, size_t changes, const ServiceOutcome& outcome,
                     const Text& done, const Text& would, const Text& unchanged) {
  if (changes == 0) return Say(language, unchanged) + "\n";
  if (!written) return Say(language, would, changes) + "\n";
  return Say(language, done, outcome.entries, outcome.position - outcome.entries, outcome.position) + "\n";
}

// The lines of those findings for which `is_told` says so, below a heading where there is one.
template <typename IsTold>
std::string FindingLines(Language language, const ImportReport& report, const TableLayout& layout,
                         const IsTold& is_told) {
  std::string lines;
  for (const Finding& finding : report.import.findings) {
    if (is_told(finding)) lines += FindingLine(language, report.document, finding, layout);
  }
  return lines;
}

bool IsStandIn(const Finding& finding) { return finding.code == documents::finding_code::kProvisionalName; }

bool IsAbsent(const Finding& finding) { return finding.code == import_code::kAbsent; }

std::string FindingsText(Language language, const ImportReport& report, const TableLayout& layout) {
  const ImportPlan& import = report.import;
  // What refuses the file is not hidden among what was repaired.
  if (documents::HasFatal(import.findings)) {
    return FindingLines(language, report, layout,
                        [](const Finding& finding) { return finding.severity == Severity::kFatal; });
  }
  std::string out;
  if (import.left_out > 0) {
    const Text& heading = report.dry_run ? text::kWouldBeLeftOutHeading : text::kLeftOutHeading;
    out += Say(language, heading, import.left_out) + "\n" +
           FindingLines(language, report, layout, IsLeftOut) + "\n";
  }
  for (const Severity severity : {Severity::kError, Severity::kWarning}) {
    out += FindingLines(language, report, layout, [severity](const Finding& finding) {
      return finding.severity == severity && !IsLeftOut(finding);
    });
  }
  const auto absent = std::count_if(import.findings.begin(), import.findings.end(), IsAbsent);
  if (absent > 0) {
    out +=
        Say(language, text::kAbsentHeading, absent) + "\n" + FindingLines(language, report, layout, IsAbsent);
  }
  return out;
}

const Text& WhyProposed(const Proposal& proposal) {
  if (!proposal.basis) return text::kBecauseOfEarlier;
  switch (*proposal.basis) {
    case documents::DirectionBasis::kName:
      return text::kBecauseOfName;
    case documents::DirectionBasis::kTextTarget:
      return text::kBecauseOfTextTarget;
    default:
      return text::kBecauseOfNothing;
  }
}

std::string ConfirmCommand(const ImportReport& report) {
  return fmt::format("policyctl kpi confirm --plan {} --all", IdOf(report.plan));
}

std::string ProposalsText(Language language, const ImportReport& report, const TableLayout& layout) {
  const std::vector<Proposal>& proposals = report.import.proposals;
  if (proposals.empty()) return "";
  const auto title = [language](const Text& text) { return std::string(In(language, text)); };
  Table table({{title(text::kProposalKpi), Column::Align::kLeft, true},
               {title(text::kProposedDirection)},
               {title(text::kProposedWhy), Column::Align::kLeft, true},
               {title(text::kProposalTargets), Column::Align::kLeft, true}});
  const auto or_dash = [](const std::string& text) { return text.empty() ? "-" : text; };
  for (const Proposal& proposal : proposals) {
    table.AddRow(
        {VisibleLine(proposal.title), DirectionText(language, proposal.direction),
         title(WhyProposed(proposal)),
         VisibleLine(fmt::format("{} → {}", or_dash(proposal.target), or_dash(proposal.later_target)))});
  }
  const std::string one = fmt::format("policyctl kpi confirm {} --plan {} --direction decrease",
                                      In(language, text::kKpiPlaceholder), IdOf(report.plan));
  return "\n" + WrapLine(Say(language, text::kProposalsHeading, proposals.size()), layout) +
         Render(table, layout) + WrapLine(title(text::kConfirmAll), layout) +
         fmt::format("  {}\n", ConfirmCommand(report)) + WrapLine(title(text::kConfirmOne), layout) +
         fmt::format("  {}\n", one);
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

Struct PartStruct(bool written, size_t changes, const ServiceOutcome& outcome) {
  Struct part;
  Set(part, "changes", static_cast<int64_t>(changes));
  Set(part, "entries", written ? static_cast<int64_t>(outcome.entries) : 0);
  if (written && changes > 0) Set(part, "position", static_cast<int64_t>(outcome.position));
  return part;
}

Struct ProposalStruct(Language language, const Proposal& proposal) {
  Struct object;
  Set(object, "kpi", proposal.kpi);
  Set(object, "title", proposal.title);
  Set(object, "direction", type::v1::Direction_Name(proposal.direction));
  Set(object, "because", std::string(In(language, WhyProposed(proposal))));
  Set(object, "target", proposal.target);
  Set(object, "laterTarget", proposal.later_target);
  return object;
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

std::string ReportText(Language language, const ImportReport& report, const TableLayout& layout) {
  const ImportPlan& import = report.import;
  std::string out = FindingsText(language, report, layout);
  const std::array<int, 4> counts = CountBySeverity(import.findings);
  out += Say(language, text::kFindingCounts, counts[3], counts[2], counts[1], counts[0]) + "\n";
  if (report.plan.empty() || documents::HasFatal(import.findings)) return out;
  const auto stand_ins = std::count_if(import.findings.begin(), import.findings.end(), IsStandIn);
  if (stand_ins > 0) out += WrapLine(Say(language, text::kStandIns, stand_ins), layout);
  if (report.dry_run) {
    for (const Difference& difference : DifferencesOf(import, language))
      out += DifferenceLine(language, difference, layout);
  }
  const ImportOutcome& outcome = report.outcome;
  out += PartLine(language, outcome.written, import.catalog.size(), outcome.catalog, text::kCatalogWritten,
                  text::kCatalogWould, text::kCatalogUnchanged);
  if (report.fiscal_year != 0) {
    out += PartLine(language, outcome.written, import.progress.size(), outcome.progress,
                    text::kProgressWritten, text::kProgressWould, text::kProgressUnchanged);
  }
  if (import.conflicts > 0) out += Say(language, text::kConflictsLeft, import.conflicts) + "\n";
  if (report.dry_run) {
    if (outcome.commands > 0) out += Say(language, text::kCommandsItTakes, outcome.commands) + "\n";
    if (outcome.not_validated > 0) out += Say(language, text::kNotValidated, outcome.not_validated) + "\n";
    out += Say(language, text::kNothingWritten) + "\n";
  }
  return out + ProposalsText(language, report, layout);
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
  SetBool(out, "incomplete", import.left_out > 0);
  Set(out, "commands", report.outcome.commands);
  *(*out.mutable_fields())["catalog"].mutable_struct_value() =
      PartStruct(written, import.catalog.size(), report.outcome.catalog);
  *(*out.mutable_fields())["progress"].mutable_struct_value() =
      PartStruct(written, import.progress.size(), report.outcome.progress);
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
  ListValue& missing = *(*out.mutable_fields())["missing"].mutable_list_value();
  for (const Finding& finding : import.findings) {
    if (IsLeftOut(finding)) *missing.add_values()->mutable_struct_value() = FindingStruct(language, finding);
  }
  ListValue& proposals = *(*out.mutable_fields())["proposals"].mutable_list_value();
  for (const Proposal& proposal : import.proposals) {
    *proposals.add_values()->mutable_struct_value() = ProposalStruct(language, proposal);
  }
  if (!import.proposals.empty()) Set(out, "confirmCommand", ConfirmCommand(report));
  return out;
}

}  // namespace seisaku::policyctl::imports
