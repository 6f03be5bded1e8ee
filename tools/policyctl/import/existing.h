// What catalog and progress have already, as an import compares a document with it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "seisaku/catalog/v1/resources.pb.h"
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

// Progress's part.
struct ExistingFigures {
  // Of some reporting years; every revision, oldest first per KPI, year and component.
  std::vector<progress::v1::Actual> actuals;
  // Of one reporting year.
  std::vector<progress::v1::Narrative> narratives;
  std::vector<progress::v1::OfficialAssessment> assessments;
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

 private:
  std::map<std::string, const catalog::v1::Node*, std::less<>> nodes_;
  std::map<std::string, Nodes, std::less<>> children_;
  std::map<std::string, Kpis, std::less<>> kpis_;
};

}  // namespace seisaku::policyctl::imports
