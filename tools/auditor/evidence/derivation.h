// What follows from some entries of both logs, and from nothing else.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "tools/auditor/evidence/proven_entries.h"

namespace seisaku::auditor {

// The judgement named `evaluation` ("plans/{plan}/kpis/{kpi}/evaluations/{year}") as the services would
// answer it if these entries, as Prove orders them, were all that there is of it, with the provenance of its
// inputs. What no single entry can tell is left out: revisions, versions, sizes, etags, other years' targets,
// and after a kpi_updated alone the KPI's end. EVIDENCE_INVALID: an entry says nothing about this judgement;
// no entry has the KPI's values; `evaluation` is no such name.
absl::StatusOr<progress::v1::GetEvaluationResponse> Derive(const std::string& evaluation,
                                                           const std::vector<OpenedEntry>& entries);

// Compares what was told of the judgement with what Derive came to, in all that it can tell. EVIDENCE_INVALID
// naming the first field that differs.
absl::Status CompareTold(const progress::v1::GetEvaluationResponse& derived,
                         progress::v1::GetEvaluationResponse told);

}  // namespace seisaku::auditor
