// What catalog and progress have already, as an import compares a document with it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "seisaku/catalog/v1/resources.pb.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "seisaku/progress/v1/resources.pb.h"

namespace seisaku::policyctl::imports {

// Catalog's part, retired things included.
struct ExistingPlan {
  catalog::v1::Plan plan;
  std::vector<catalog::v1::Node> nodes;  // in document order
  std::vector<catalog::v1::Kpi> kpis;    // in sheet order
  std::vector<catalog::v1::Department> departments;
  uint64_t position = 0;  // of catalog's log that this reflects
};

// What progress knows about a reporting year other than the sheet's.
struct OtherYear {
  std::set<std::string, std::less<>> kpis;  // that have an official assessment or a figure
  bool assessed = false;  // each KPI that is part of the plan in that year has an official assessment
};

OtherYear ToOtherYear(const progress::v1::GetProgressSheetResponse& sheet);

// The years that progress may know something about: those of targets and figures, and those in which
// something begins.
std::set<int> YearsOf(const ExistingPlan& plan, const std::vector<progress::v1::Actual>& actuals);

// Progress's part.
struct ExistingFigures {
  // Of every reporting year, every revision; oldest first per KPI, year and component.
  std::vector<progress::v1::Actual> actuals;
  // Of the sheet's year; words that were taken back too.
  std::vector<progress::v1::Narrative> narratives;
  std::vector<progress::v1::OfficialAssessment> assessments;
  std::map<int, OtherYear> other_years;
  uint64_t position = 0;  // of progress's log that this reflects; 0 where nothing was read

  // Whether nobody has reported anything yet, for any year.
  bool AreNone() const;
  // Whether somebody has reported about a later reporting year than `year`.
  bool HasLaterThan(int year) const;
};

// Gives out "prefix-001", "prefix-002", … after the highest number that is in use.
class IdSequence {
 public:
  explicit IdSequence(std::string prefix) : prefix_(std::move(prefix)) {}

  // Counts `name` ("plans/p/nodes/node-007" or "node-007") as in use.
  void Use(std::string_view name);
  std::string Next();

 private:
  std::string prefix_;
  uint64_t last_ = 0;
};

// The last part of a resource's name.
std::string_view IdOf(std::string_view name);

// Whether something is part of its plan in a reporting year.
enum class Standing { kInForce, kNotYet, kEnded };

// A plan's nodes and KPIs by where they stand. Points into the plan, which outlives it.
class ExistingTree {
 public:
  explicit ExistingTree(const ExistingPlan& plan);

  using Nodes = std::vector<const catalog::v1::Node*>;
  using Kpis = std::vector<const catalog::v1::Kpi*>;

  // In document order; "" for the highest level.
  const Nodes& ChildrenOf(std::string_view node) const;
  const Kpis& KpisOf(std::string_view node) const;
  // Of the node and of all below it.
  Kpis KpisBelow(std::string_view node) const;

  // The first reporting year without the node (the KPI), because of itself or of a node above it; 0 for none.
  int EndOf(const catalog::v1::Node& node) const;
  int EndOf(const catalog::v1::Kpi& kpi) const;
  // The first reporting year with it, likewise; 0: always.
  int FirstYearOf(const catalog::v1::Node& node) const;
  int FirstYearOf(const catalog::v1::Kpi& kpi) const;

  Standing In(int year, const catalog::v1::Node& node) const;
  Standing In(int year, const catalog::v1::Kpi& kpi) const;

  // By name; null for none.
  const catalog::v1::Node* Find(std::string_view node) const;

 private:
  std::map<std::string, const catalog::v1::Node*, std::less<>> nodes_;
  std::map<std::string, Nodes, std::less<>> children_;
  std::map<std::string, Kpis, std::less<>> kpis_;
};

}  // namespace seisaku::policyctl::imports
