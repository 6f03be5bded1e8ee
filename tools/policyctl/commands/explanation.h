// A judgement's derivation, written out.
#pragma once

#include <string>

#include "seisaku/progress/v1/progress_service.pb.h"
#include "tools/policyctl/client.h"
#include "tools/policyctl/csv.h"
#include "tools/policyctl/messages.h"
#include "tools/policyctl/table.h"

namespace seisaku::policyctl {

// Lines for people: the KPI, the rule, each component's target and actual with where they come from, the
// arithmetic, the judgement, the official assessment; wrapped to the terminal. `response` was asked for with
// explain.
std::string ExplanationText(Language language, const progress::v1::GetEvaluationResponse& response,
                            const TableLayout& layout = {});

// Puts the reasons of catalog's entries, which progress has no texts of, into the provenance. Reads raw
// entries: for files, or the role auditor. Errors: catalog's; DATA_LOSS TEXT_DIFFERS, see ledger::OpenText.
absl::Status AddReasonsOfCatalog(Client& client, progress::v1::GetEvaluationResponse& response);

// One record per component.
Records ExplanationRecords(Language language, const progress::v1::GetEvaluationResponse& response);

}  // namespace seisaku::policyctl
