#include "tools/policyctl/import/existing.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "fmt/format.h"

namespace seisaku::policyctl::imports {
namespace {

// The earlier of two ends, where 0 is never.
int Earlier(int a, int b) { return a == 0 ? b : b == 0 ? a : std::min(a, b); }

Standing StandingOf(int year, int first, int end) {
  if (end != 0 && end <= year) return Standing::kEnded;
  return first <= year ? Standing::kInForce : Standing::kNotYet;
}

}  // namespace

OtherYear ToOtherYear(const progress::v1::GetProgressSheetResponse& sheet) {
  OtherYear year{.assessed = !sheet.rows().empty()};
  for (const progress::v1::SheetRow& row : sheet.rows()) {
    const auto& components = row.evaluation().components();
    const bool official = row.evaluation().has_official();
    year.assessed = year.assessed && official;
    if (official || std::any_of(components.begin(), components.end(),
                                [](const auto& component) { return component.has_actual(); })) {
      year.kpis.insert(row.kpi().name());
    }
  }
  return year;
}

std::set<int> YearsOf(const ExistingPlan& plan, const std::vector<progress::v1::Actual>& actuals) {
  std::set<int> years;
  for (const progress::v1::Actual& actual : actuals) years.insert(actual.reporting_year());
  for (const catalog::v1::Kpi& kpi : plan.kpis) {
    years.insert(kpi.first_year());
    for (const catalog::v1::Target& target : kpi.targets()) years.insert(target.reporting_year());
  }
  years.erase(0);
  return years;
}

bool ExistingFigures::AreNone() const {
  return actuals.empty() && narratives.empty() && assessments.empty() &&
         std::all_of(other_years.begin(), other_years.end(),
                     [](const auto& other) { return other.second.kpis.empty(); });
}

bool ExistingFigures::HasLaterThan(int year) const {
  return std::any_of(actuals.begin(), actuals.end(),
                     [year](const progress::v1::Actual& actual) { return actual.reporting_year() > year; }) ||
         std::any_of(other_years.begin(), other_years.end(),
                     [year](const auto& other) { return other.first > year && !other.second.kpis.empty(); });
}

std::string_view IdOf(std::string_view name) { return name.substr(name.find_last_of('/') + 1); }

void IdSequence::Use(std::string_view name) {
  std::string_view id = IdOf(name);
  if (!id.starts_with(prefix_) || id.size() <= prefix_.size() + 1 || id[prefix_.size()] != '-') return;
  id.remove_prefix(prefix_.size() + 1);
  uint64_t number = 0;
  if (absl::SimpleAtoi(std::string(id), &number)) last_ = std::max(last_, number);
}

std::string IdSequence::Next() { return fmt::format("{}-{:03}", prefix_, ++last_); }

ExistingTree::ExistingTree(const ExistingPlan& plan) {
  for (const catalog::v1::Node& node : plan.nodes) {
    nodes_[node.name()] = &node;
    children_[node.parent()].push_back(&node);
  }
  for (const catalog::v1::Kpi& kpi : plan.kpis) kpis_[kpi.node()].push_back(&kpi);
}

const ExistingTree::Nodes& ExistingTree::ChildrenOf(std::string_view node) const {
  static const Nodes kNone;
  const auto found = children_.find(node);
  return found == children_.end() ? kNone : found->second;
}

const ExistingTree::Kpis& ExistingTree::KpisOf(std::string_view node) const {
  static const Kpis kNone;
  const auto found = kpis_.find(node);
  return found == kpis_.end() ? kNone : found->second;
}

ExistingTree::Kpis ExistingTree::KpisBelow(std::string_view node) const {
  Kpis all = KpisOf(node);
  for (const catalog::v1::Node* child : ChildrenOf(node)) {
    const Kpis below = KpisBelow(child->name());
    all.insert(all.end(), below.begin(), below.end());
  }
  return all;
}

const catalog::v1::Node* ExistingTree::Find(std::string_view node) const {
  const auto found = nodes_.find(node);
  return found == nodes_.end() ? nullptr : found->second;
}

int ExistingTree::EndOf(const catalog::v1::Node& node) const {
  const catalog::v1::Node* parent = Find(node.parent());
  return Earlier(node.retired_from_year(), parent == nullptr ? 0 : EndOf(*parent));
}

int ExistingTree::EndOf(const catalog::v1::Kpi& kpi) const {
  const catalog::v1::Node* node = Find(kpi.node());
  return Earlier(kpi.retired_from_year(), node == nullptr ? 0 : EndOf(*node));
}

int ExistingTree::FirstYearOf(const catalog::v1::Node& node) const {
  const catalog::v1::Node* parent = Find(node.parent());
  return std::max(node.first_year(), parent == nullptr ? 0 : FirstYearOf(*parent));
}

int ExistingTree::FirstYearOf(const catalog::v1::Kpi& kpi) const {
  const catalog::v1::Node* node = Find(kpi.node());
  return std::max(kpi.first_year(), node == nullptr ? 0 : FirstYearOf(*node));
}

Standing ExistingTree::In(int year, const catalog::v1::Node& node) const {
  return StandingOf(year, FirstYearOf(node), EndOf(node));
}

Standing ExistingTree::In(int year, const catalog::v1::Kpi& kpi) const {
  return StandingOf(year, FirstYearOf(kpi), EndOf(kpi));
}

}  // namespace seisaku::policyctl::imports
