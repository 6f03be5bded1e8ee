#include "tools/policyctl/import/sheet_years.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "services/base/period.h"
#include "tools/policyctl/documents/search_key.h"

namespace seisaku::policyctl::imports {

using catalog::v1::Kpi;
using catalog::v1::Node;
using documents::KpiRow;
using Outcome = KpiMatch::Outcome;

namespace {

bool IsPrinted(const std::optional<documents::CellValue>& value) { return value && value->HasFigure(); }

// Whether the row reports about that year or a later one.
bool HasActualFrom(const KpiRow& row, int year) {
  return std::any_of(row.years.begin(), row.years.end(), [year](const documents::YearFigures& figures) {
    return figures.year >= year && IsPrinted(figures.actual);
  });
}

}  // namespace

SheetYears::SheetYears(const SheetInput& input, const ExistingTree& tree, const std::vector<NodeMatch>& nodes,
                       const std::vector<KpiMatch>& kpis, ImportDraft& draft)
    : input_(input),
      tree_(tree),
      nodes_(nodes),
      kpis_(kpis),
      draft_(draft),
      first_years_(nodes.size(), input.sheet.fiscal_year) {
  NoteRowsLeftOut();
  for (const NodeMatch& match : nodes) {
    if (match.node != nullptr) printed_.insert(match.node->name());
    for (const Node* node : match.candidates) printed_.insert(node->name());
  }
  for (size_t i = 0; i < kpis.size(); ++i) {
    const KpiRow& row = input.sheet.rows[i];
    if (kpis[i].kpi != nullptr) printed_.insert(kpis[i].kpi->name());
    if (kpis[i].outcome != Outcome::kUnanswered) {
      for (const Kpi* kpi : kpis[i].candidates) printed_.insert(kpi->name());
    }
    if (!IsTaken(i)) continue;
    int first = FirstYear(row);
    // A KPI that moves to another node takes its years along.
    const Node* node = nodes[static_cast<size_t>(row.node)].node;
    const bool moves = kpis[i].kpi != nullptr && (node == nullptr || node->name() != kpis[i].kpi->node());
    const bool may_move = moves && draft.overwrite().Takes(NamesOf(*kpis[i].kpi, row.name));
    if (may_move) first = std::min(first, tree.FirstYearOf(*kpis[i].kpi));
    for (int at = row.node; at >= 0; at = ParentOf(at)) {
      int& of_node = first_years_[static_cast<size_t>(at)];
      of_node = std::min(of_node, first);
    }
  }
}

// A row that could not be read is some KPI's: the one with its name, or it may be any.
void SheetYears::NoteRowsLeftOut() {
  for (const std::string& name : input_.sheet.left_out) {
    const std::string key = documents::SearchKey(name);
    bool found = false;
    for (const Kpi& kpi : input_.plan.kpis) {
      if (documents::SearchKey(kpi.title()) != key) continue;
      found = true;
      printed_.insert(kpi.name());
      for (const Node* node = tree_.Find(kpi.node()); node != nullptr; node = tree_.Find(node->parent()))
        printed_.insert(node->name());
    }
    unknown_row_left_out_ = unknown_row_left_out_ || !found;
  }
}

int SheetYears::FirstYear(const KpiRow& row) const {
  int first = year();
  for (const documents::YearFigures& figures : row.years) {
    if (IsPrinted(figures.target) || IsPrinted(figures.actual)) first = std::min(first, figures.year);
  }
  return first;
}

int SheetYears::YearBetween(const KpiRow& row, const Kpi& existing) const {
  for (const auto& [other, known] : input_.figures.other_years) {
    if (other > FirstYear(row) && other < tree_.FirstYearOf(existing) && known.assessed) return other;
  }
  return 0;
}

bool SheetYears::IsTaken(size_t row) const {
  const KpiMatch& match = kpis_[row];
  if (match.outcome == Outcome::kNew) return true;
  if (match.outcome != Outcome::kMatched) return false;
  const int end = tree_.EndOf(*match.kpi);
  return (end == 0 || end > year()) && YearBetween(input_.sheet.rows[row], *match.kpi) == 0;
}

void SheetYears::StartNodes() {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const documents::Node& node = input_.sheet.nodes[i];
    if (nodes_[i].node != nullptr) Start(nodes_[i].node->name(), first_years_[i], node.source);
  }
  for (size_t i = 0; i < kpis_.size(); ++i) {
    const KpiRow& row = input_.sheet.rows[i];
    if (kpis_[i].kpi != nullptr && IsTaken(i)) Start(kpis_[i].kpi->node(), FirstYear(row), row.name_source);
  }
}

// Its own parents come first, so that nothing begins before what it stands under.
void SheetYears::Start(const std::string& name, int first_year, const documents::SourceCell& cell) {
  const Node* node = tree_.Find(name);
  if (node == nullptr) return;
  Start(node->parent(), first_year, cell);
  const auto started = started_.try_emplace(name, node->first_year()).first;
  if (started->second <= first_year) return;  // 0 is always
  started->second = first_year;
  catalog::v1::UpdateNode& update = *draft_.AddCatalog(cell).mutable_update_node();
  update.mutable_node()->set_name(name);
  update.mutable_node()->set_title(node->title());
  update.mutable_node()->set_first_year(first_year);
  update.mutable_update_mask()->add_paths("first_year");
}

void SheetYears::KpiCreated(const KpiRow& row, const std::string& name) { created_kpis_[&row] = name; }

void SheetYears::End() {
  if (!input_.keep_absent) {
    if (const int next = NextAssessedYear(); next != 0) EndCreated(next);
  }
  EndAbsent();
}

int SheetYears::NextAssessedYear() const {
  for (const auto& [other, known] : input_.figures.other_years) {
    if (other > year() && known.assessed) return other;
  }
  return 0;
}

void SheetYears::EndCreated(int from_year) {
  const std::string reason = fmt::format("{}の評価にない", FiscalYearName(from_year));
  std::set<int> going_on;  // new headings with KPIs that go on
  for (size_t i = 0; i < kpis_.size(); ++i) {
    const KpiRow& row = input_.sheet.rows[i];
    const auto created = created_kpis_.find(&row);
    const bool is_created = created != created_kpis_.end();
    if (is_created && !HasActualFrom(row, from_year)) {
      draft_.Note(import_code::kEndsLater, row.name_source, FiscalYearName(from_year));
      catalog::v1::Retire& retire = Retire(/*is_kpi=*/true, row.name_source, reason);
      retire.set_name(created->second);
      retire.set_from_year(from_year);
    } else if (is_created || (kpis_[i].kpi != nullptr && moved_.contains(kpis_[i].kpi->name()))) {
      for (int at = row.node; at >= 0; at = ParentOf(at)) going_on.insert(at);
    }
  }
  for (const auto& [index, name] : created_nodes_) {
    const int parent = ParentOf(index);
    // What is below a node ends with it.
    if (going_on.contains(index) || (created_nodes_.contains(parent) && !going_on.contains(parent))) continue;
    catalog::v1::Retire& retire = Retire(/*is_kpi=*/false, NodeOf(index).source, reason);
    retire.set_name(name);
    retire.set_from_year(from_year);
  }
}

void SheetYears::EndAbsent() {
  for (const Kpi& kpi : input_.plan.kpis) {
    if (MayEnd(kpi)) ending_.insert(kpi.name());
  }
  for (const Node& node : input_.plan.nodes) {
    if (NothingIsLeft(node)) ending_.insert(node.name());
    TellAbsent(node, /*is_kpi=*/false);
  }
  for (const Kpi& kpi : input_.plan.kpis) TellAbsent(kpi, /*is_kpi=*/true);
}

template <typename Resource>
void SheetYears::TellAbsent(const Resource& resource, bool is_kpi) {
  if (printed_.contains(resource.name()) || !IsInForce(resource)) return;
  const documents::SourceCell cell{.printed = resource.title()};
  const bool ends = ending_.contains(resource.name());
  draft_.Note(ends ? import_code::kEnds : import_code::kAbsent, cell, std::string(IdOf(resource.name())));
  if (!ends) return;
  catalog::v1::Retire& retire =
      Retire(is_kpi, {}, fmt::format("{}の「{}」にない", FiscalYearName(year()), input_.document.name));
  retire.set_name(resource.name());
  retire.set_from_year(year());
  retire.set_etag(resource.etag());
}

template <typename Resource>
bool SheetYears::IsInForce(const Resource& resource) const {
  const int end = tree_.EndOf(resource);
  return tree_.FirstYearOf(resource) <= year() && (end == 0 || end > year());
}

template <typename Resource>
bool SheetYears::IsFromBefore(const Resource& resource) const {
  return IsInForce(resource) && tree_.FirstYearOf(resource) < year() && !input_.keep_absent;
}

bool SheetYears::MayEnd(const Kpi& kpi) const {
  if (printed_.contains(kpi.name()) || !IsFromBefore(kpi)) return false;
  const auto waits = [](const KpiMatch& match) {
    return match.outcome != Outcome::kMatched && match.outcome != Outcome::kNew;
  };
  if (unknown_row_left_out_ || std::any_of(kpis_.begin(), kpis_.end(), waits)) return false;
  const auto is_of_kpi = [&kpi](const auto& reported) { return reported.kpi() == kpi.name(); };
  const ExistingFigures& figures = input_.figures;
  const auto is_figure = [&](const progress::v1::Actual& actual) {
    return is_of_kpi(actual) && actual.reporting_year() >= year();
  };
  if (std::any_of(figures.actuals.begin(), figures.actuals.end(), is_figure) ||
      std::any_of(figures.narratives.begin(), figures.narratives.end(), is_of_kpi) ||
      std::any_of(figures.assessments.begin(), figures.assessments.end(), is_of_kpi)) {
    return false;
  }
  return std::none_of(figures.other_years.begin(), figures.other_years.end(), [&](const auto& other) {
    return other.first > year() && other.second.kpis.contains(kpi.name());
  });
}

bool SheetYears::NothingIsLeft(const Node& node) const {
  const ExistingTree::Kpis below = tree_.KpisBelow(node.name());
  if (printed_.contains(node.name()) || !IsFromBefore(node) || below.empty()) return false;
  return std::all_of(below.begin(), below.end(), [this](const Kpi* kpi) {
    const int end = tree_.EndOf(*kpi);
    return ending_.contains(kpi->name()) || moved_.contains(kpi->name()) || (end != 0 && end <= year());
  });
}

catalog::v1::Retire& SheetYears::Retire(bool is_kpi, const documents::SourceCell& cell, std::string reason) {
  catalog::v1::Change& change = draft_.AddCatalog(cell);
  change.set_reason(std::move(reason));
  return is_kpi ? *change.mutable_retire_kpi() : *change.mutable_retire_node();
}

}  // namespace seisaku::policyctl::imports
