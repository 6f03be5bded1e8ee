// What an import comes to: the changes, and what people must know about them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "seisaku/catalog/v1/changes.pb.h"
#include "seisaku/progress/v1/changes.pb.h"
#include "tools/policyctl/documents/direction.h"
#include "tools/policyctl/documents/finding.h"
#include "tools/policyctl/import/import_finding.h"
#include "tools/policyctl/import/source_document.h"

namespace seisaku::policyctl::imports {

// A direction that nobody has confirmed, of a KPI as it will be.
struct Proposal {
  std::string kpi;  // its full name
  std::string title;
  type::v1::Direction direction = type::v1::DIRECTION_UNSPECIFIED;
  std::optional<documents::DirectionBasis> basis;  // nullopt: from an earlier import
  std::string target;                              // of the document's year
  std::string later_target;                        // of the last year behind it
};

struct ImportPlan {
  // In the order of the document; nothing that is there already. Empty where a finding is fatal.
  std::vector<catalog::v1::Change> catalog;
  std::vector<progress::v1::Change> progress;
  std::vector<documents::Finding> findings;  // the reader's and the import's, by line and column
  std::vector<Proposal> proposals;           // the sheet's rows first, in its order
  int conflicts = 0;                         // how many were left alone
  int left_out = 0;                          // rows and values that were not imported
};

// What a person may call an item: its full name, its id, its title, what the document prints; a heading also
// by its number and title (1 防災).
using ItemNames = std::vector<std::string>;
ItemNames NamesOf(const catalog::v1::Kpi& kpi, const std::string& printed = "");
ItemNames NamesOf(const catalog::v1::Node& node, const std::string& printed = "");

// What of that which differs from the document is replaced, and why.
struct Overwrite {
  std::string reason;             // empty: nothing is
  std::vector<std::string> only;  // names of items; empty: everything is

  bool Takes(const ItemNames& item) const;
  // Whether one of `only` is one of the item's names, however it is spelt.
  bool Names(const ItemNames& item) const;
};

// Collects a plan while a document is compared with what exists. Not thread-safe; `document` outlives it.
class ImportDraft {
 public:
  ImportDraft(const SourceDocument& document, Overwrite overwrite, std::vector<documents::Finding> findings);

  // A change that was read in `cell`, to be filled in. Valid until the next one is added.
  catalog::v1::Change& AddCatalog(const documents::SourceCell& cell);
  // All of catalog's so far.
  std::vector<catalog::v1::Change>& catalog() { return plan_.catalog; }
  progress::v1::Change& AddProgress(const documents::SourceCell& cell, Printed printed = Printed::kKept);

  // A finding; one that LeavesOut is counted.
  void Note(std::string_view code, const documents::SourceCell& cell, std::string_view made = "");
  void Propose(Proposal proposal) { plan_.proposals.push_back(std::move(proposal)); }

  // The reader's SPELLING_VARIANT, of what the plan has.
  void NoteSpelling(const documents::SourceCell& cell, const std::string& existing);

  // Tells of something that exists as `existing`, belongs to `item` and differs from `cell`. Returns whether
  // it is to be replaced, with overwrite_reason(); else the conflict is counted.
  bool MayOverwrite(const documents::SourceCell& cell, const std::string& existing, const ItemNames& item);
  // The same for what is not replaced here.
  void LeaveAlone(const documents::SourceCell& cell, const std::string& existing,
                  std::string_view code = import_code::kConflict);
  const Overwrite& overwrite() const { return overwrite_; }
  const std::string& overwrite_reason() const { return overwrite_.reason; }

  // TEXT_TOO_LONG, fatal, where `text` has more bytes than the contract takes.
  void CheckLength(const documents::SourceCell& cell, std::string_view text, size_t max_bytes);

  // The plan with its findings in order, without changes where one is fatal. Once.
  ImportPlan Finish() &&;

 private:
  const SourceDocument& document_;
  const Overwrite overwrite_;
  ImportPlan plan_;
};

// The contract's bounds in bytes.
inline constexpr size_t kMaxTitleBytes = 4096;
inline constexpr size_t kMaxDepartmentBytes = 1024;
inline constexpr size_t kMaxLabelBytes = 255;
inline constexpr size_t kMaxCellBytes = 4096;
inline constexpr size_t kMaxNoteBytes = 1024;
inline constexpr size_t kMaxNarrativeBytes = 65'536;

// ONLY_UNKNOWN, fatal, for each of the overwrite's names that is none of `items`.
void CheckOnly(const std::vector<ItemNames>& items, ImportDraft& draft);

// The levels of the document, compared with the plan's; LEVELS_DIFFER where they are others.
void CheckLevels(const std::vector<std::string>& levels, const catalog::v1::Plan& plan, ImportDraft& draft);

}  // namespace seisaku::policyctl::imports
