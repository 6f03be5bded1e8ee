// The RPCs of ProgressService, each translated into a command or a read, and back. What may be done is the
// domain's to say, when and where the ledger's.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "services/ledger/ledger.h"
#include "services/progress/domain/state.h"
#include "services/progress/domain/view.h"
#include "services/rpc/call.h"

// Declares the handler of one method.
#define SEISAKU_PROGRESS_HANDLER(Method)                                    \
  absl::StatusOr<v1::Method##Response> Method(const rpc::CallContext& call, \
                                              const v1::Method##Request& request)

namespace seisaku::progress {

// Thread-safe.
class Handlers {
 public:
  // `ledger` keeps `state`; both outlive the handlers.
  Handlers(ledger::Ledger& ledger, const State& state) : ledger_(ledger), state_(state) {}

  SEISAKU_PROGRESS_HANDLER(ApplyProgress);
  SEISAKU_PROGRESS_HANDLER(RecordActual);
  SEISAKU_PROGRESS_HANDLER(BatchRecordActuals);
  SEISAKU_PROGRESS_HANDLER(CorrectActual);
  SEISAKU_PROGRESS_HANDLER(RetractActual);
  SEISAKU_PROGRESS_HANDLER(RecordNarrative);
  SEISAKU_PROGRESS_HANDLER(RecordAssessment);

  SEISAKU_PROGRESS_HANDLER(ListActuals);
  SEISAKU_PROGRESS_HANDLER(ListNarratives);
  SEISAKU_PROGRESS_HANDLER(GetEvaluation);
  SEISAKU_PROGRESS_HANDLER(GetProgressSheet);
  SEISAKU_PROGRESS_HANDLER(GetSummary);
  SEISAKU_PROGRESS_HANDLER(GetCatalogPosition);

 private:
  // mutations.cc: appends the changes of a request; `fill` sees the state that they left.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Mutate(const rpc::CallContext& call, const Request& request,
                                  const google::protobuf::RepeatedPtrField<v1::Change>& changes,
                                  std::string_view step_field,
                                  absl::FunctionRef<absl::Status(const ledger::Outcome&, Response&)> fill);

  // reads.cc: the state as of where the request looks.
  template <typename Request>
  absl::StatusOr<ledger::Snapshot> Read(const rpc::CallContext& call, const Request& request);

  ledger::Ledger& ledger_;
  const State& state_;
};

}  // namespace seisaku::progress

#undef SEISAKU_PROGRESS_HANDLER
