// Which way a KPI is meant to go, where the sheet prints it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "tools/policyctl/documents/confirmations.h"
#include "tools/policyctl/documents/finding.h"
#include "tools/policyctl/documents/progress_sheet.h"
#include "tools/policyctl/documents/sheet_row.h"

namespace seisaku::documents {

// The direction that words or an arrow of a column for directions say: ↑, 増加, 上昇を目指す, ↓, 減少,
// 低いほど良い, →, 維持.
std::optional<Direction> DirectionInWords(std::string_view text);

// The same of a KPI's name, which speaks of other things too: an arrow at an end of it, or 減少を目指す and
// the like in brackets. 人口減少率 and (減少) alone say nothing.
std::optional<Direction> DirectionInName(std::string_view name);

// What `kpi`'s row prints: in its column for directions, in its name, beside a target (25件↓) or instead of
// one (減少を目指す). A bound (25件以下) says nothing of the direction, nor does what stands beside an
// actual. nullopt where there is none, or where two of them differ (DIRECTIONS_DIFFER).
std::optional<Direction> PrintedDirection(const SheetRow& row, const KpiRow& kpi,
                                          std::vector<Finding>& findings);

}  // namespace seisaku::documents
