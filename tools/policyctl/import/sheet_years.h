// In which reporting years that is part of the plan which a sheet prints, or no longer prints.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tools/policyctl/import/kpi_matching.h"
#include "tools/policyctl/import/sheet_import.h"

namespace seisaku::policyctl::imports {

// What a sheet prints is part of the plan from the sheet's year on, or from that of the oldest figure that it
// prints for it; what was there always, or from an earlier year on, stays so. What the plan has from before
// and the sheet no longer prints ends with the sheet's year, unless it was reported about for that year or a
// later one, a row waits for an answer or could not be read (it may be that KPI), or the caller keeps what is
// absent. What an older sheet adds ends with the next year that was assessed without it. The references
// outlive it.
class SheetYears {
 public:
  SheetYears(const SheetInput& input, const ExistingTree& tree, const std::vector<NodeMatch>& nodes,
             const std::vector<KpiMatch>& kpis, ImportDraft& draft);

  // The first year of what the sheet shows: a row's KPI; a heading, that of the first of its KPIs.
  int FirstYear(const documents::KpiRow& row) const;
  int FirstYear(int node) const { return first_years_[static_cast<size_t>(node)]; }

  // A year between the row's and the existing KPI's that is assessed without the KPI; 0 for none. One KPI
  // cannot be part of a plan before and after such a year.
  int YearBetween(const documents::KpiRow& row, const catalog::v1::Kpi& existing) const;

  // Lets the existing nodes that rows stand under begin as early as these need.
  void StartNodes();

  // Told of what the catalog part does: the row's KPI is new; an existing one moves to another node; the
  // heading is made a new node.
  void KpiCreated(const documents::KpiRow& row, const std::string& name);
  void KpiMoved(const catalog::v1::Kpi& kpi) { moved_.insert(kpi.name()); }
  void NodeCreated(int node, const std::string& name) { created_nodes_[node] = name; }

  // Ends what is new and not part of a later year, and what the sheet no longer prints; tells of what stays.
  // After everything else of the catalog part, since what has ended takes no targets.
  void End();

 private:
  int year() const { return input_.sheet.fiscal_year; }
  const documents::Node& NodeOf(int index) const { return input_.sheet.nodes[static_cast<size_t>(index)]; }
  int ParentOf(int index) const { return NodeOf(index).parent; }
  bool IsTaken(size_t row) const;
  void NoteRowsLeftOut();
  void Start(const std::string& node, int first_year, const documents::SourceCell& cell);
  int NextAssessedYear() const;
  void EndCreated(int from_year);
  void EndAbsent();
  template <typename Resource>
  void TellAbsent(const Resource& resource, bool is_kpi);
  template <typename Resource>
  bool IsInForce(const Resource& resource) const;
  template <typename Resource>
  bool IsFromBefore(const Resource& resource) const;
  bool MayEnd(const catalog::v1::Kpi& kpi) const;
  bool NothingIsLeft(const catalog::v1::Node& node) const;
  catalog::v1::Retire& Retire(bool is_kpi, const documents::SourceCell& cell, std::string reason);

  const SheetInput& input_;
  const ExistingTree& tree_;
  const std::vector<NodeMatch>& nodes_;
  const std::vector<KpiMatch>& kpis_;
  ImportDraft& draft_;
  std::vector<int> first_years_;                // per node of the sheet
  std::map<std::string, int> started_;          // existing nodes that rows need, and their first years
  std::set<std::string, std::less<>> printed_;  // names of existing nodes and KPIs that the sheet has
  bool unknown_row_left_out_ = false;           // the reader could not read a row whose name the plan lacks
  std::set<std::string, std::less<>> moved_;
  std::set<std::string, std::less<>> ending_;  // names of what is absent and ends
  std::map<const documents::KpiRow*, std::string> created_kpis_;
  std::map<int, std::string> created_nodes_;
};

}  // namespace seisaku::policyctl::imports
