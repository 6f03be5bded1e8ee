// Reads what an import is compared with.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "tools/policyctl/client.h"
#include "tools/policyctl/documents/progress_sheet.h"
#include "tools/policyctl/import/existing.h"

namespace seisaku::policyctl::imports {

// Told how much has been read, of how much.
using ReadingProgress = std::function<void(int done, int total)>;

// Catalog's part. `plan` is "plans/{plan}". NOT_FOUND: there is no such plan.
absl::StatusOr<ExistingPlan> FetchPlan(Client& client, const std::string& plan);

// Progress's part for the KPIs of `plan`: the actuals of the years that `sheet` has actuals of, texts and
// assessments of the year that it judges. Waits for progress to know as much of catalog as `plan` reflects.
absl::StatusOr<ExistingFigures> FetchFigures(Client& client, const ExistingPlan& plan,
                                             const documents::ProgressSheet& sheet,
                                             const ReadingProgress& progress);

}  // namespace seisaku::policyctl::imports
