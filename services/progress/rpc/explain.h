// Where the inputs of a judgement come from.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "services/ledger/ledger.h"
#include "services/progress/domain/view.h"
#include "services/rpc/transport/call.h"

namespace seisaku::progress {

// An input and the entry that set it: a later one that changed something else of the same resource did not.
struct Input {
  std::string what;  // Provenance.input
  std::string component;
  bool in_catalog = false;
  Position position = 0;  // in the log that holds it
  Position carrier = 0;   // in progress's log: the same, or the entry that holds the copy of catalog's
};

// What an evaluation rests on: target, rule, direction, actuals, official. Needs the state no longer than it
// runs.
std::vector<Input> InputsOf(const View& view, const KpiEvaluation& judged);

// Looks every input up in progress's log. Reads PostgreSQL. UNAVAILABLE STORAGE_UNAVAILABLE; DATA_LOSS
// LOG_CORRUPT.
absl::StatusOr<google::protobuf::RepeatedPtrField<v1::Provenance>> Explain(ledger::LogReader& ledger,
                                                                           const std::vector<Input>& inputs,
                                                                           const rpc::CallContext& call);

}  // namespace seisaku::progress
