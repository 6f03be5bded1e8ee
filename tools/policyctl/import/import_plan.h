// What an import comes to: the two commands, and what people must know about it.
#pragma once

#include <string>
#include <vector>

#include "seisaku/catalog/v1/changes.pb.h"
#include "seisaku/progress/v1/changes.pb.h"
#include "tools/policyctl/documents/finding.h"
#include "tools/policyctl/import/import_finding.h"
#include "tools/policyctl/import/source_document.h"

namespace seisaku::policyctl::imports {

struct ImportPlan {
  // In the order of the document; nothing that is there already. Empty where a finding is fatal.
  std::vector<catalog::v1::Change> catalog;
  std::vector<progress::v1::Change> progress;
  std::vector<documents::Finding> findings;  // the reader's and the import's, by line and column
  int conflicts = 0;                         // how many were left alone
  int left_out = 0;                          // rows and values that were not imported
};

// Collects a plan while a document is compared with what exists. Not thread-safe; `document` outlives it.
class ImportDraft {
 public:
  // `overwrite_reason`: why what differs is replaced; empty to leave it alone.
  ImportDraft(const SourceDocument& document, std::string overwrite_reason,
              std::vector<documents::Finding> findings);

  // A change that was read in `cell`, to be filled in. Valid until the next one is added.
  catalog::v1::Change& AddCatalog(const documents::SourceCell& cell);
  // All of catalog's so far.
  std::vector<catalog::v1::Change>& catalog() { return plan_.catalog; }
  progress::v1::Change& AddProgress(const documents::SourceCell& cell, Printed printed = Printed::kKept);

  void Note(std::string_view code, const documents::SourceCell& cell, std::string_view made = "");
  // The same for what is not imported, which is counted.
  void LeaveOut(std::string_view code, const documents::SourceCell& cell, std::string_view made = "");

  // The reader's SPELLING_VARIANT, of what the plan has.
  void NoteSpelling(const documents::SourceCell& cell, const std::string& existing);

  // Tells of something that exists as `existing` and differs from `cell`. Returns whether it is to be
  // replaced, with overwrite_reason(); else the conflict is counted.
  bool MayOverwrite(const documents::SourceCell& cell, const std::string& existing);
  // The same for what is never replaced.
  void LeaveAlone(const documents::SourceCell& cell, const std::string& existing);
  const std::string& overwrite_reason() const { return overwrite_reason_; }

  // TEXT_TOO_LONG, fatal, where `text` has more bytes than the contract takes.
  void CheckLength(const documents::SourceCell& cell, std::string_view text, size_t max_bytes);

  // The plan with its findings in order, without changes where one is fatal. Once.
  ImportPlan Finish() &&;

 private:
  const SourceDocument& document_;
  const std::string overwrite_reason_;
  ImportPlan plan_;
};

// The contract's bounds in bytes.
inline constexpr size_t kMaxTitleBytes = 4096;
inline constexpr size_t kMaxDepartmentBytes = 1024;
inline constexpr size_t kMaxLabelBytes = 255;
inline constexpr size_t kMaxCellBytes = 4096;
inline constexpr size_t kMaxNarrativeBytes = 65'536;

// The levels of the document, compared with the plan's; LEVELS_DIFFER where they are others.
void CheckLevels(const std::vector<std::string>& levels, const catalog::v1::Plan& plan, ImportDraft& draft);

}  // namespace seisaku::policyctl::imports
