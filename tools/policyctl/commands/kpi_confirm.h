// kpi confirm: directions that were only proposed, shown and confirmed.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "seisaku/catalog/v1/catalog_service.pb.h"
#include "tools/policyctl/command_line.h"
#include "tools/policyctl/table.h"

namespace seisaku::policyctl {

// What is said of the KPIs that are confirmed.
struct Confirmation {
  type::v1::Direction direction = type::v1::DIRECTION_UNSPECIFIED;  // unspecified: as it is
  std::string tolerance;                                            // of keep_within
  std::string reason;
};

// INVALID_ARGUMENT OPTION_MISSING or OPTION_VALUE_INVALID (`field`: --tolerance): a range without one, or
// with one that is no number.
absl::Status CheckTolerance(const Confirmation& confirmation);

// One change for each KPI that is not confirmed, or is to have another direction; each against the KPI as it
// is here.
std::vector<catalog::v1::Change> ConfirmingChanges(const std::vector<catalog::v1::Kpi>& kpis,
                                                   const Confirmation& confirmation);

// Id, KPI, direction (that it is unconfirmed is said above the table), first target, last target where it is
// another one.
Table ConfirmTable(Language language, const std::vector<catalog::v1::Kpi>& kpis);

// Adds it below `kpi`.
void AddKpiConfirm(CommandLine& line, CLI::App& kpi);

}  // namespace seisaku::policyctl
