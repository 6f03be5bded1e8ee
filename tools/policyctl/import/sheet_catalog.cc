// The catalog part of a sheet: nodes, departments, KPIs.
#include <set>

#include "fmt/format.h"
#include "tools/policyctl/import/known_kpi.h"
#include "tools/policyctl/import/kpi_matching.h"
#include "tools/policyctl/import/sheet_import.h"
#include "tools/policyctl/import/sheet_targets.h"
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
        node_matches_(MatchNodes(input.sheet, input.sidecar, tree_)),
        kpi_matches_(MatchKpis(input.sheet, input.sidecar, input.plan, tree_, node_matches_)),
        node_names_(input.sheet.nodes.size()) {
    for (const auto& node : input.plan.nodes) node_ids_.Use(node.name());
    for (const auto& kpi : input.plan.kpis) kpi_ids_.Use(kpi.name());
    for (const auto& row : input.sheet.rows) kpi_ids_.Use(row.confirmed_id.value_or(""));
    for (const auto& department : input.plan.departments) UseDepartment(department);
  }

  std::vector<PlannedRow> Run() {
    CompareNodes();
    std::vector<PlannedRow> rows;
    for (size_t i = 0; i < kpi_matches_.size(); ++i) {
      const KpiRow& row = input_.sheet.rows[i];
      std::optional<Kpi> kpi = PlanRow(row, kpi_matches_[i]);
      if (!kpi) continue;
      PlanTargets(input_, EndOf(kpi_matches_[i]), row, *kpi, draft_);
      rows.push_back({&row, *std::move(kpi), EndOf(kpi_matches_[i])});
    }
    NoteAbsent();
    return rows;
  }

 private:
  int year() const { return input_.sheet.fiscal_year; }
  bool HasEnded(int end) const { return end != 0 && end <= year(); }
  int EndOf(const KpiMatch& match) const { return match.kpi == nullptr ? 0 : tree_.EndOf(*match.kpi); }

  void UseDepartment(const catalog::v1::Department& department) {
    department_ids_.Use(department.name());
    department_titles_[department.name()] = department.title();
    if (!HasEnded(department.retired_from_year())) departments_[department.title()] = department.name();
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
      if (match.node == nullptr) continue;
      node_names_[i] = match.node->name();
      const documents::Node& node = input_.sheet.nodes[i];
      if (match.by == MatchedBy::kSpelling) draft_.NoteSpelling(CellOf(node), match.node->title());
      if (match.by != MatchedBy::kContents) continue;
      if (node.provisional) {
        if (!match.node->provisional_title()) {
          draft_.Note(import_code::kMatchedByPlace, CellOf(node), match.node->title());
        }
      } else if (draft_.MayOverwrite(CellOf(node), match.node->title())) {
        Retitle(node, *match.node);
      }
    }
  }

  void Retitle(const documents::Node& node, const catalog::v1::Node& existing) {
    catalog::v1::Change& change = draft_.AddCatalog(CellOf(node));
    change.set_reason(draft_.overwrite_reason());
    catalog::v1::UpdateNode& update = *change.mutable_update_node();
    update.mutable_node()->set_name(existing.name());
    update.mutable_node()->set_etag(existing.etag());
    update.mutable_node()->set_title(node.title);
    update.mutable_update_mask()->add_paths("title");
    update.mutable_update_mask()->add_paths("provisional_title");
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
    return name;
  }

  const std::string& RequireDepartment(const std::string& title, const documents::SourceCell& cell) {
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
    switch (match.outcome) {
      case Outcome::kUnanswered:
        draft_.Note(import_code::kNewOrRenamed, cell, CandidatesOf(match));
        return std::nullopt;
      case Outcome::kAnswerUnusable:
        draft_.Note(import_code::kAnswerUnusable, cell, match.answer);
        return std::nullopt;
      case Outcome::kNew:
        return CreateKpi(row);
      case Outcome::kMatched:
        break;
    }
    if (HasEnded(EndOf(match))) {
      draft_.Note(import_code::kRetired, cell, std::string(IdOf(match.kpi->name())));
      return std::nullopt;
    }
    if (match.by_sidecar) {
      draft_.Note(import_code::kAnswered, cell,
                  fmt::format("{} {}", IdOf(match.kpi->name()), match.kpi->title()));
    }
    if (match.by_place && !match.kpi->provisional_title()) {
      draft_.Note(import_code::kMatchedByPlace, row.name_source, match.kpi->title());
    }
    return UpdateKpi(row, *match.kpi);
  }

  static std::string CandidatesOf(const KpiMatch& match) {
    std::string text;
    for (const Kpi* kpi : match.candidates) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", IdOf(kpi->name()), kpi->title());
    }
    return text.empty() ? "-" : text;
  }

  Kpi CreateKpi(const KpiRow& row) {
    Kpi kpi;
    const std::string id = row.confirmed_id ? *row.confirmed_id : kpi_ids_.Next();
    kpi.set_name(fmt::format("{}/kpis/{}", input_.plan.plan.name(), id));
    kpi.set_node(RequireNode(row.node));
    kpi.set_title(row.corrected_name.value_or(row.name));
    kpi.set_provisional_title(row.provisional_name && !row.corrected_name);
    kpi.set_direction(ToProto(row.direction.direction));
    const auto tolerance = input_.sidecar.tolerances.find(row.name);
    if (tolerance != input_.sidecar.tolerances.end()) kpi.mutable_tolerance()->set_value(tolerance->second);
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
    return kpi;
  }

  Kpi UpdateKpi(const KpiRow& row, const Kpi& existing) {
    KpiUpdate update(input_.sidecar, row, existing, draft_);
    update.FollowSidecar();
    update.CompareSeries();
    std::vector<std::string> titles;
    for (const std::string& name : existing.departments()) titles.push_back(department_titles_[name]);
    if (update.DepartmentsAreReplaced(titles)) {
      std::vector<std::string> names;
      for (const std::string& title : DepartmentsOf(row)) {
        names.push_back(RequireDepartment(title, row.department_source));
      }
      update.SetDepartments(names);
    }
    const std::string& node = node_names_[static_cast<size_t>(row.node)];
    const documents::SourceCell place = CellOf(input_.sheet.nodes[static_cast<size_t>(row.node)]);
    if (update.NodeIsReplaced(node, place)) update.SetNode(RequireNode(row.node));
    return std::move(update).Finish();
  }

  void NoteAbsent() {
    std::set<std::string_view> seen;
    for (const NodeMatch& match : node_matches_) {
      if (match.node != nullptr) seen.insert(match.node->name());
    }
    for (const KpiMatch& match : kpi_matches_) {
      if (match.kpi != nullptr) seen.insert(match.kpi->name());
    }
    const auto note = [&](const auto& resource) {
      if (seen.contains(resource.name()) || HasEnded(tree_.EndOf(resource))) return;
      draft_.Note(import_code::kAbsent, {.printed = resource.title()}, std::string(IdOf(resource.name())));
    };
    for (const catalog::v1::Node& node : input_.plan.nodes) note(node);
    for (const Kpi& kpi : input_.plan.kpis) note(kpi);
  }

  const SheetInput& input_;
  ImportDraft& draft_;
  const ExistingTree tree_;
  const std::vector<NodeMatch> node_matches_;
  const std::vector<KpiMatch> kpi_matches_;
  IdSequence node_ids_{"node"};
  IdSequence kpi_ids_{"kpi"};
  IdSequence department_ids_{"dept"};
  std::vector<std::string> node_names_;                   // per node of the sheet; empty until it is created
  std::map<std::string, std::string> departments_;        // in force: title -> name
  std::map<std::string, std::string> department_titles_;  // name -> title
};

}  // namespace

std::vector<PlannedRow> PlanCatalogPart(const SheetInput& input, ImportDraft& draft) {
  return CatalogPart(input, draft).Run();
}

}  // namespace seisaku::policyctl::imports
