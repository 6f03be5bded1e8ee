// Reads what an import is compared with.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "tools/policyctl/client.h"
#include "tools/policyctl/import/existing.h"

namespace seisaku::policyctl::imports {

// Told how much has been read, of how much.
using ReadingProgress = std::function<void(int done, int total)>;

// Catalog's part. `plan` is "plans/{plan}". NOT_FOUND: there is no such plan.
absl::StatusOr<ExistingPlan> FetchPlan(Client& client, const std::string& plan);

// Progress's part for the KPIs of `plan` and a sheet of `reporting_year`; waits for progress to know as much
// of catalog as `plan` reflects.
absl::StatusOr<ExistingFigures> FetchFigures(Client& client, const ExistingPlan& plan, int reporting_year,
                                             const ReadingProgress& progress);

}  // namespace seisaku::policyctl::imports
