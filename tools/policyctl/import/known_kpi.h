// What a row changes about a KPI that exists.
#pragma once

#include <string>
#include <vector>

#include "tools/policyctl/documents/progress_sheet.h"
#include "tools/policyctl/import/import_plan.h"
#include "tools/policyctl/import/sidecar.h"

namespace seisaku::policyctl::imports {

// The titles of the departments that a row names, each once, in printed order.
std::vector<std::string> DepartmentsOf(const documents::KpiRow& row);

// Gathers the fields to change into one UpdateKpi. The references outlive it.
class KpiUpdate {
 public:
  KpiUpdate(const Sidecar& sidecar, const documents::KpiRow& row, const catalog::v1::Kpi& existing,
            ImportDraft& draft);

  // The direction that the sidecar says, or that the row prints where nobody has confirmed one yet; and the
  // sidecar's right name where the KPI still has the misread one.
  void FollowConfirmed();
  // The first year in which the row shows it, where that is earlier than the KPI's.
  void StartFrom(int first_year);
  // Unit and components, where the row has numbers; in another order they are the same. `has_figures`: the
  // KPI has a figure in some year. One that has none, nor a target, takes unit, components and a target in
  // words as the row has them.
  void CompareSeries(bool has_figures);
  // Whether the row's departments are others than those with the titles `existing`, in any order and
  // spelling, and replace them. A row without departments never does.
  bool DepartmentsAreReplaced(const std::vector<std::string>& existing);
  void SetDepartments(const std::vector<std::string>& names);
  // Whether the row stands under another node than the KPI, and moves it there. `node` is empty for one that
  // the plan does not have yet; `place` is where the sheet prints it.
  bool NodeIsReplaced(const std::string& node, const documents::SourceCell& place);
  void SetNode(const std::string& node);

  // Adds the change, if there is anything to change, and returns the KPI as it will be.
  catalog::v1::Kpi Finish() &&;

 private:
  void TakeDirection();
  void TakeSeries();
  void SetComponents();
  void Take(std::string field) { fields_.push_back(std::move(field)); }

  const Sidecar& sidecar_;
  const documents::KpiRow& row_;
  const catalog::v1::Kpi& existing_;
  ImportDraft& draft_;
  const ItemNames item_;
  catalog::v1::Kpi kpi_;
  std::vector<std::string> fields_;
  bool overwrites_ = false;
  bool follows_ = false;  // the sidecar
};

}  // namespace seisaku::policyctl::imports
