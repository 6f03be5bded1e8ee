#include "tools/policyctl/import/import_plan.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/documents/search_key.h"
#include "tools/policyctl/import/existing.h"

namespace seisaku::policyctl::imports {
namespace {

constexpr size_t kTitleOfItem = 2;  // of what NamesOf gives

}  // namespace

ItemNames NamesOf(const catalog::v1::Kpi& kpi, const std::string& printed) {
  return {kpi.name(), std::string(IdOf(kpi.name())), kpi.title(), printed};
}

ItemNames NamesOf(const catalog::v1::Node& node, const std::string& printed) {
  return {node.name(), std::string(IdOf(node.name())), node.title(), printed, NodeText(node)};
}

bool Overwrite::Takes(const ItemNames& item) const {
  return !reason.empty() && (only.empty() || Names(item));
}

bool Overwrite::Names(const ItemNames& item) const {
  return std::any_of(only.begin(), only.end(), [&item](const std::string& name) {
    const std::string key = documents::SearchKey(name);
    return std::any_of(item.begin(), item.end(), [&key](const std::string& own) {
      return !own.empty() && documents::SearchKey(own) == key;
    });
  });
}

ImportDraft::ImportDraft(const SourceDocument& document, Overwrite overwrite,
                         std::vector<documents::Finding> findings)
    : document_(document), overwrite_(std::move(overwrite)) {
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

void ImportDraft::NoteSpelling(const documents::SourceCell& cell, const std::string& existing) {
  plan_.findings.push_back(MakeFinding(documents::finding_code::kSpellingVariant, cell, existing));
}

bool ImportDraft::MayOverwrite(const documents::SourceCell& cell, const std::string& existing,
                               const ItemNames& item) {
  if (!overwrite_.Takes(item)) {
    LeaveAlone(cell, existing);
    return false;
  }
  Note(import_code::kOverwritten, cell, existing);
  return true;
}

void ImportDraft::LeaveAlone(const documents::SourceCell& cell, const std::string& existing,
                             std::string_view code) {
  Note(code, cell, existing);
  ++plan_.conflicts;
}

void ImportDraft::CheckLength(const documents::SourceCell& cell, std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return;
  Note(import_code::kTextTooLong, cell, fmt::format("{} > {} bytes", text.size(), max_bytes));
}

ImportPlan ImportDraft::Finish() && {
  documents::SortFindings(plan_.findings);
  plan_.left_out = CountLeftOut(plan_.findings);
  if (documents::HasFatal(plan_.findings)) {
    plan_.catalog.clear();
    plan_.progress.clear();
    plan_.proposals.clear();
  }
  return std::move(plan_);
}

namespace {

// The titles that `name` is a part of, or that are like it, best first.
std::string TitlesLike(const std::string& name, const std::vector<ItemNames>& items) {
  constexpr double kAlike = 0.5;
  constexpr size_t kMost = 5;
  const std::string key = documents::SearchKey(name);
  std::vector<std::pair<double, std::string>> alike;
  for (const ItemNames& item : items) {
    const std::string& title = item.size() > kTitleOfItem ? item[kTitleOfItem] : item[0];
    const bool is_part = !key.empty() && documents::SearchKey(title).find(key) != std::string::npos;
    const double likeness = documents::Likeness(name, title) + (is_part ? 1 : 0);
    const bool is_told =
        std::any_of(alike.begin(), alike.end(), [&title](const auto& one) { return one.second == title; });
    if (likeness >= kAlike && !is_told) alike.emplace_back(likeness, title);
  }
  std::stable_sort(alike.begin(), alike.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> titles;
  for (size_t i = 0; i < std::min(kMost, alike.size()); ++i) titles.push_back(alike[i].second);
  if (titles.empty()) return documents::InBothLanguages("似た名称もありません", "Nothing is called alike");
  return documents::InBothLanguages(fmt::format("もしかして: {}", fmt::join(titles, "、")),
                                    fmt::format("Did you mean: {}", fmt::join(titles, ", ")));
}

}  // namespace

void CheckOnly(const std::vector<ItemNames>& items, ImportDraft& draft) {
  for (const std::string& name : draft.overwrite().only) {
    const Overwrite one{.only = {name}};
    const auto is_named = [&one](const ItemNames& item) { return one.Names(item); };
    if (std::none_of(items.begin(), items.end(), is_named))
      draft.Note(import_code::kOnlyUnknown, {.printed = name}, TitlesLike(name, items));
  }
}

void CheckLevels(const std::vector<std::string>& levels, const catalog::v1::Plan& plan, ImportDraft& draft) {
  if (std::equal(levels.begin(), levels.end(), plan.levels().begin(), plan.levels().end())) return;
  draft.Note(import_code::kLevelsDiffer, {.printed = fmt::format("{}", fmt::join(levels, " / "))},
             fmt::format("{}", fmt::join(plan.levels(), " / ")));
}

}  // namespace seisaku::policyctl::imports
