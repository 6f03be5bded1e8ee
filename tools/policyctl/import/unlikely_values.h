// Which values of a sheet a person must be asked about first (tools/policyctl/unlikely.h).
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tools/policyctl/import/sheet_import.h"

namespace seisaku::policyctl::imports {

// Nothing is unlikely where the caller forces it. The input outlives it.
class UnlikelyValues {
 public:
  explicit UnlikelyValues(const SheetInput& input);

  enum class Kind { kActual, kTarget };
  // Whether the values of a cell, of `kpi` as it will be, for a reporting year are left out; then
  // UNLIKELY_YEAR or UNLIKELY_FIGURE tells of it. A figure is compared with the KPI's last figure and its
  // targets, a target with that figure and the targets of other years.
  bool LeavesOut(Kind kind, const catalog::v1::Kpi& kpi, int year,
                 const std::vector<type::v1::ComponentValue>& values, const documents::SourceCell& cell,
                 ImportDraft& draft) const;

 private:
  // What the value is far from; null where it is likely.
  const type::v1::Value* FarFrom(Kind kind, const catalog::v1::Kpi& kpi, int year,
                                 const type::v1::ComponentValue& value) const;

  const SheetInput& input_;
  // The figure in force of the last year, by KPI and component.
  std::map<std::pair<std::string, std::string>, const progress::v1::Actual*> last_;
};

}  // namespace seisaku::policyctl::imports
