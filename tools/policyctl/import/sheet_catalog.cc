// The catalog part of a sheet: nodes, departments, KPIs.
#include <algorithm>
#include <set>

#include "fmt/format.h"
#include "services/base/period.h"
#include "tools/policyctl/documents/search_key.h"
#include "tools/policyctl/import/known_kpi.h"
#include "tools/policyctl/import/kpi_matching.h"
#include "tools/policyctl/import/kpi_order.h"
#include "tools/policyctl/import/node_updates.h"
#include "tools/policyctl/import/sheet_import.h"
#include "tools/policyctl/import/sheet_targets.h"
#include "tools/policyctl/import/sheet_years.h"
#include "tools/policyctl/import/values.h"

namespace seisaku::policyctl::imports {
namespace {

using catalog::v1::Kpi;
using documents::KpiRow;
using Outcome = KpiMatch::Outcome;

class CatalogPart {
 public:
  CatalogPart(const SheetInput& input, ImportDraft& draft)
      : input_(input),
        draft_(draft),
        tree_(input.plan),
        node_matches_(MatchNodes(input.sheet, tree_)),
        kpi_matches_(MatchKpis(input.sheet, input.plan, tree_, node_matches_, input.figures.AreNone())),
        years_(input, tree_, node_matches_, kpi_matches_, draft),
        unlikely_(input),
        node_names_(input.sheet.nodes.size()) {
    for (const auto& node : input.plan.nodes) node_ids_.Use(node.name());
    for (const auto& kpi : input.plan.kpis) kpi_ids_.Use(kpi.name());
    for (const auto& row : input.sheet.rows) kpi_ids_.Use(row.confirmed.id.value_or(""));
    for (const auto& department : input.plan.departments) UseDepartment(department);
    for (const auto& actual : input.figures.actuals) {
      if (!actual.retracted() && actual.value().has_number()) with_figures_.insert(actual.kpi());
    }
  }

  std::vector<PlannedRow> Run() {
    CompareNodes();
    years_.StartNodes();
    std::vector<PlannedRow> rows;
    for (size_t i = 0; i < kpi_matches_.size(); ++i) {
      const KpiRow& row = input_.sheet.rows[i];
      std::optional<Kpi> kpi = PlanRow(row, kpi_matches_[i]);
      if (!kpi) continue;
      const int end = EndOf(row, *kpi);
      PlanTargets(input_, end, row, unlikely_, *kpi, draft_);
      rows.push_back({&row, *std::move(kpi), end});
    }
    TellEndedNodes();
    years_.End();
    PlanNodeUpdates(input_.plan, PrintedNodes(), follows_, draft_);
    PlanKpiOrder(input_, rows, node_names_, follows_, draft_);
    return rows;
  }

 private:
  int year() const { return input_.sheet.fiscal_year; }
  bool HasEnded(int end) const { return end != 0 && end <= year(); }
  int EndOf(const KpiMatch& match) const { return match.kpi == nullptr ? 0 : tree_.EndOf(*match.kpi); }

  // Of a row's KPI as it will be: a new one, or one that moves, ends with the heading that it stands under.
  int EndOf(const KpiRow& row, const Kpi& kpi) const {
    if (const catalog::v1::Node* node = tree_.Find(kpi.node())) return Earlier(kpi, tree_.EndOf(*node));
    int at = row.node;
    while (at >= 0 && node_matches_[static_cast<size_t>(at)].node == nullptr)
      at = input_.sheet.nodes[static_cast<size_t>(at)].parent;
    return Earlier(kpi, at < 0 ? 0 : tree_.EndOf(*node_matches_[static_cast<size_t>(at)].node));
  }
  static int Earlier(const Kpi& kpi, int end_of_node) {
    const int own = kpi.retired_from_year();
    return own == 0 || end_of_node == 0 ? std::max(own, end_of_node) : std::min(own, end_of_node);
  }

  // Of two with one title, the one that ends first: the other is its successor.
  void UseDepartment(const catalog::v1::Department& department) {
    department_ids_.Use(department.name());
    department_titles_[department.name()] = department.title();
    const int end = department.retired_from_year();
    if (HasEnded(end)) return;
    const auto [other, is_first] = departments_.emplace(department.title(), department.name());
    if (!is_first && end != 0) other->second = department.name();
    spellings_.emplace(documents::SearchKey(department.title()), department.title());
  }

  // The cell of a heading: its text without the number, as the plan keeps it.
  documents::SourceCell CellOf(const documents::Node& node) const {
    documents::SourceCell cell = node.source;
    if (cell.column_name.empty()) cell.column_name = input_.sheet.levels[static_cast<size_t>(node.level)];
    return cell;
  }

  void CompareNodes() {
    for (size_t i = 0; i < node_matches_.size(); ++i) {
      const NodeMatch& match = node_matches_[i];
      const documents::Node& node = input_.sheet.nodes[i];
      if (!match.candidates.empty()) {
        draft_.Note(import_code::kAmbiguousHeading, CellOf(node), CandidatesOf(match.candidates));
      }
      if (match.node == nullptr) continue;
      node_names_[i] = match.node->name();
      if (match.by == MatchedBy::kSpelling) draft_.NoteSpelling(CellOf(node), match.node->title());
      if (match.by != MatchedBy::kContents) continue;
      if (node.provisional) {
        if (!match.node->provisional_title()) {
          draft_.Note(import_code::kMatchedByPlace, CellOf(node), match.node->title());
        }
      } else if (draft_.MayOverwrite(CellOf(node), match.node->title(), NamesOf(*match.node, node.title))) {
        retitled_.insert(i);
      }
    }
  }

  // Of those that have ended, the highest under which nothing was put.
  void TellEndedNodes() {
    const auto is_left_out = [this](int index) {
      return EndedAt(index) != nullptr && node_names_[static_cast<size_t>(index)].empty();
    };
    for (int i = 0; i < static_cast<int>(node_matches_.size()); ++i) {
      const documents::Node& node = input_.sheet.nodes[static_cast<size_t>(i)];
      if (is_left_out(i) && !is_left_out(node.parent))
        draft_.Note(import_code::kRetired, CellOf(node), std::string(IdOf(EndedAt(i)->name())));
    }
  }

  // What the heading was; null where it is not one that has ended.
  const catalog::v1::Node* EndedAt(int index) const {
    return index < 0 ? nullptr : node_matches_[static_cast<size_t>(index)].ended;
  }

  std::vector<PrintedNode> PrintedNodes() const {
    std::set<std::pair<int, int>> damaged;
    for (const documents::Finding& finding : input_.sheet.findings) {
      if (finding.code == documents::finding_code::kNumberDamaged)
        damaged.emplace(finding.line, finding.column);
    }
    std::vector<PrintedNode> printed;
    for (size_t i = 0; i < input_.sheet.nodes.size(); ++i) {
      const documents::Node& node = input_.sheet.nodes[i];
      PrintedNode& one = printed.emplace_back();
      if (WhyClosed(static_cast<int>(i)) == nullptr) one.name = node_names_[i];
      one.number = node.number;
      one.number_is_damaged = damaged.contains({node.source.line, node.source.column});
      if (retitled_.contains(i)) one.new_title = node.title;
      one.cell = CellOf(node);
    }
    return printed;
  }

  // The match of the lowest heading from `index` up under which nothing can be put, since it is not known
  // which one it is. Null where there is none.
  const NodeMatch* WhyClosed(int index) const {
    for (int at = index; at >= 0; at = input_.sheet.nodes[static_cast<size_t>(at)].parent) {
      const NodeMatch& match = node_matches_[static_cast<size_t>(at)];
      if (!match.candidates.empty()) return &match;
    }
    return nullptr;
  }

  // The name of the node, which is created, with those above it, where the plan does not have it.
  const std::string& RequireNode(int index) {
    std::string& name = node_names_[static_cast<size_t>(index)];
    if (!name.empty()) return name;
    const documents::Node& node = input_.sheet.nodes[static_cast<size_t>(index)];
    const std::string parent = node.parent < 0 ? "" : RequireNode(node.parent);
    const documents::SourceCell cell = CellOf(node);
    draft_.CheckLength(cell, node.title, kMaxTitleBytes);
    draft_.CheckLength(cell, node.number, kMaxLabelBytes);
    name = fmt::format("{}/nodes/{}", input_.plan.plan.name(), node_ids_.Next());
    catalog::v1::Node& created = *draft_.AddCatalog(cell).mutable_create_node();
    created.set_name(name);
    created.set_parent(parent);
    created.set_level(static_cast<uint32_t>(node.level));
    created.set_number(node.number);
    created.set_title(node.title);
    created.set_provisional_title(node.provisional);
    created.set_first_year(years_.FirstYear(index));
    if (EndedAt(index) != nullptr && EndedAt(node.parent) == nullptr)  // with all below it
      draft_.Note(import_code::kBegunAnew, cell, std::string(IdOf(EndedAt(index)->name())));
    years_.NodeCreated(index, name);
    return name;
  }

  const std::string& RequireDepartment(const std::string& title, const documents::SourceCell& cell) {
    const auto [spelling, is_new] = spellings_.emplace(documents::SearchKey(title), title);
    if (!is_new && !departments_.contains(title)) {
      draft_.NoteSpelling(cell, spelling->second);
      return departments_.at(spelling->second);
    }
    std::string& name = departments_[title];
    if (!name.empty()) return name;
    draft_.CheckLength(cell, title, kMaxDepartmentBytes);
    name = fmt::format("departments/{}", department_ids_.Next());
    catalog::v1::Department& created = *draft_.AddCatalog(cell).mutable_create_department();
    created.set_name(name);
    created.set_title(title);
    return name;
  }

  // nullopt: the row waits for an answer, or its KPI has ended.
  std::optional<Kpi> PlanRow(const KpiRow& row, const KpiMatch& match) {
    documents::SourceCell cell = row.name_source;
    if (cell.printed.empty()) cell.printed = row.name;
    const auto leave_out = [&](std::string_view code, std::string_view made) {
      draft_.Note(code, cell, made);
      return std::nullopt;
    };
    switch (match.outcome) {
      case Outcome::kUnanswered:
        return leave_out(import_code::kNewOrRenamed, CandidatesOf(match.candidates));
      case Outcome::kAmbiguous:
        return leave_out(import_code::kAmbiguous, WhatElse(match));
      case Outcome::kNameNotUnique:
        return leave_out(import_code::kNameNotUnique, WhatElse(match));
      case Outcome::kAnswerUnusable:
        return leave_out(import_code::kAnswerUnusable, match.answer);
      case Outcome::kNew:
        if (const NodeMatch* closed = WhyClosed(row.node))
          return leave_out(import_code::kAmbiguousHeading, CandidatesOf(closed->candidates));
        return CreateKpi(row);
      case Outcome::kMatched:
        break;
    }
    if (HasEnded(EndOf(match))) return leave_out(import_code::kRetired, std::string(IdOf(match.kpi->name())));
    if (const int between = years_.YearBetween(row, *match.kpi); between != 0) {
      return leave_out(import_code::kYearBetween, FiscalYearName(between));
    }
    if (match.by_sidecar) {
      draft_.Note(import_code::kAnswered, cell,
                  fmt::format("{} {}", IdOf(match.kpi->name()), match.kpi->title()));
    }
    if (match.by_spelling) draft_.NoteSpelling(cell, match.kpi->title());
    if (match.by_place && !match.kpi->provisional_title()) {
      draft_.Note(import_code::kMatchedByPlace, row.name_source, match.kpi->title());
    }
    return UpdateKpi(row, *match.kpi);
  }

  template <typename Resource>
  std::string CandidatesOf(const std::vector<const Resource*>& candidates) const {
    if (candidates.empty()) return documents::InBothLanguages("候補なし", "There is no candidate");
    const std::string list = ListOf(candidates);
    return documents::InBothLanguages("候補: " + list, "Candidates: " + list);
  }

  template <typename Resource>
  std::string ListOf(const std::vector<const Resource*>& candidates) const {
    std::string text;
    for (const Resource* one : candidates) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", IdOf(one->name()), Named(*one));
    }
    return text;
  }

  static std::string Named(const catalog::v1::Node& node) {
    return fmt::format("{}{}{}", node.number(), node.number().empty() ? "" : " ", node.title());
  }
  std::string Named(const Kpi& kpi) const {
    const catalog::v1::Node* node = tree_.Find(kpi.node());
    return node == nullptr ? kpi.title() : fmt::format("{} ({})", kpi.title(), node->title());
  }

  // The other rows and the KPIs that the row may be.
  std::string WhatElse(const KpiMatch& match) const {
    const std::string lines = fmt::format("{}", fmt::join(match.lines, ", "));
    std::string japanese = lines.empty() ? "" : fmt::format("ほかの行: {}行目", lines);
    std::string english = lines.empty() ? "" : fmt::format("other lines: {}", lines);
    if (!match.candidates.empty()) {
      const std::string candidates = ListOf(match.candidates);
      japanese += fmt::format("{}候補: {}", japanese.empty() ? "" : "、", candidates);
      english += fmt::format("{}candidates: {}", english.empty() ? "" : "; ", candidates);
    }
    return documents::InBothLanguages(japanese, english);
  }

  Kpi CreateKpi(const KpiRow& row) {
    Kpi kpi;
    const std::string id = row.confirmed.id ? *row.confirmed.id : kpi_ids_.Next();
    kpi.set_name(fmt::format("{}/kpis/{}", input_.plan.plan.name(), id));
    kpi.set_node(RequireNode(row.node));
    kpi.set_title(row.confirmed.corrected_name.value_or(row.name));
    kpi.set_provisional_title(row.provisional_name && !row.confirmed.corrected_name);
    kpi.set_direction(ToProto(row.direction.direction));
    kpi.set_direction_unconfirmed(!documents::IsConfirmed(row.direction.basis));
    if (row.confirmed.tolerance) kpi.mutable_tolerance()->set_value(*row.confirmed.tolerance);
    kpi.set_first_year(years_.FirstYear(row));
    kpi.set_unit(row.unit);
    for (const std::string& component : row.components) kpi.add_components(component);
    for (const std::string& title : DepartmentsOf(row)) {
      kpi.add_departments(RequireDepartment(title, row.department_source));
    }
    draft_.CheckLength(row.name_source, kpi.title(), kMaxTitleBytes);
    const documents::SourceCell& target = row.Judged().target->source;
    draft_.CheckLength(target, kpi.unit(), kMaxLabelBytes);
    for (const std::string& name : row.components) draft_.CheckLength(target, name, kMaxLabelBytes);
    *draft_.AddCatalog(row.name_source).mutable_create_kpi() = kpi;
    years_.KpiCreated(row, kpi.name());
    return kpi;
  }

  Kpi UpdateKpi(const KpiRow& row, const Kpi& existing) {
    KpiUpdate update(input_.sidecar, row, existing, draft_);
    update.FollowConfirmed();
    update.StartFrom(years_.FirstYear(row));
    update.CompareSeries(with_figures_.contains(existing.name()));
    std::vector<std::string> titles;
    for (const std::string& name : existing.departments()) titles.push_back(department_titles_[name]);
    if (update.DepartmentsAreReplaced(titles)) {
      std::vector<std::string> names;
      for (const std::string& title : DepartmentsOf(row)) {
        names.push_back(RequireDepartment(title, row.department_source));
      }
      update.SetDepartments(names);
    }
    if (WhyClosed(row.node) != nullptr) return std::move(update).Finish();
    const std::string& node = node_names_[static_cast<size_t>(row.node)];
    const documents::SourceCell place = CellOf(input_.sheet.nodes[static_cast<size_t>(row.node)]);
    if (update.NodeIsReplaced(node, place)) {
      update.SetNode(RequireNode(row.node));
      years_.KpiMoved(existing);
    }
    return std::move(update).Finish();
  }

  const SheetInput& input_;
  ImportDraft& draft_;
  const ExistingTree tree_;
  // Numbers and order are the newest document's: there are no versions of them by year.
  const bool follows_ = !input_.figures.HasLaterThan(input_.sheet.fiscal_year);
  const std::vector<NodeMatch> node_matches_;
  const std::vector<KpiMatch> kpi_matches_;
  SheetYears years_;
  const UnlikelyValues unlikely_;
  IdSequence node_ids_{"node"};
  IdSequence kpi_ids_{"kpi"};
  IdSequence department_ids_{"dept"};
  std::vector<std::string> node_names_;             // per node of the sheet; empty until it is created
  std::set<size_t> retitled_;                       // nodes of the sheet whose title replaces the plan's
  std::set<std::string> with_figures_;              // KPIs that have a number in some year
  std::map<std::string, std::string> departments_;  // in force: title -> name
  std::map<std::string, std::string> spellings_;    // of those titles: key -> the title that has it
  std::map<std::string, std::string> department_titles_;  // name -> title
};

}  // namespace

std::vector<PlannedRow> PlanCatalogPart(const SheetInput& input, ImportDraft& draft) {
  return CatalogPart(input, draft).Run();
}

}  // namespace seisaku::policyctl::imports
