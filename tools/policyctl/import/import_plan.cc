#include "tools/policyctl/import/import_plan.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"

namespace seisaku::policyctl::imports {

ImportDraft::ImportDraft(const SourceDocument& document, std::string overwrite_reason,
                         std::vector<documents::Finding> findings)
    : document_(document), overwrite_reason_(std::move(overwrite_reason)) {
  plan_.findings = std::move(findings);
}

catalog::v1::Change& ImportDraft::AddCatalog(const documents::SourceCell& cell) {
  catalog::v1::Change& change = plan_.catalog.emplace_back();
  *change.mutable_source() = ToSource(document_, cell);
  return change;
}

progress::v1::Change& ImportDraft::AddProgress(const documents::SourceCell& cell, Printed printed) {
  progress::v1::Change& change = plan_.progress.emplace_back();
  *change.mutable_source() = ToSource(document_, cell, printed);
  return change;
}

void ImportDraft::Note(std::string_view code, const documents::SourceCell& cell, std::string_view made) {
  plan_.findings.push_back(MakeImportFinding(code, cell, made));
}

void ImportDraft::LeaveOut(std::string_view code, const documents::SourceCell& cell, std::string_view made) {
  Note(code, cell, made);
  ++plan_.left_out;
}

void ImportDraft::NoteSpelling(const documents::SourceCell& cell, const std::string& existing) {
  plan_.findings.push_back(MakeFinding(documents::finding_code::kSpellingVariant, cell, existing));
}

bool ImportDraft::MayOverwrite(const documents::SourceCell& cell, const std::string& existing) {
  if (overwrite_reason_.empty()) {
    LeaveAlone(cell, existing);
    return false;
  }
  Note(import_code::kOverwritten, cell, existing);
  return true;
}

void ImportDraft::LeaveAlone(const documents::SourceCell& cell, const std::string& existing) {
  Note(import_code::kConflict, cell, existing);
  ++plan_.conflicts;
}

void ImportDraft::CheckLength(const documents::SourceCell& cell, std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return;
  Note(import_code::kTextTooLong, cell, fmt::format("{} > {} bytes", text.size(), max_bytes));
}

ImportPlan ImportDraft::Finish() && {
  documents::SortFindings(plan_.findings);
  if (documents::HasFatal(plan_.findings)) {
    plan_.catalog.clear();
    plan_.progress.clear();
  }
  return std::move(plan_);
}

void CheckLevels(const std::vector<std::string>& levels, const catalog::v1::Plan& plan, ImportDraft& draft) {
  if (std::equal(levels.begin(), levels.end(), plan.levels().begin(), plan.levels().end())) return;
  draft.Note(import_code::kLevelsDiffer, {.printed = fmt::format("{}", fmt::join(levels, " / "))},
             fmt::format("{}", fmt::join(plan.levels(), " / ")));
}

}  // namespace seisaku::policyctl::imports
