// The RPCs of ProgressService, each translated into a command or a read, and back. What may be done is the
// domain's to say, when and where the ledger's.
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "services/ledger/ledger.h"
#include "services/progress/domain/state.h"
#include "services/progress/domain/view.h"
#include "services/rpc/call.h"

// Declares the handler of one method that reads, and of one that changes something.
#define SEISAKU_READ(Method)                                                \
  absl::StatusOr<v1::Method##Response> Method(const rpc::CallContext& call, \
                                              const v1::Method##Request& request)
#define SEISAKU_CHANGE(Method)                                                             \
  absl::StatusOr<rpc::Mutation<v1::Method##Response>> Method(const rpc::CallContext& call, \
                                                             const v1::Method##Request& request)

namespace seisaku::progress {

// Thread-safe.
class Handlers {
 public:
  // `ledger` keeps `state`; both outlive the handlers.
  Handlers(ledger::Ledger& ledger, const State& state) : ledger_(ledger), state_(state) {}

  SEISAKU_READ(ApplyProgress);
  SEISAKU_CHANGE(RecordActual);
  SEISAKU_CHANGE(BatchRecordActuals);
  SEISAKU_CHANGE(CorrectActual);
  SEISAKU_CHANGE(RetractActual);
  SEISAKU_CHANGE(RecordNarrative);
  SEISAKU_CHANGE(RecordAssessment);

  SEISAKU_READ(ListActuals);
  SEISAKU_READ(ListNarratives);
  SEISAKU_READ(GetEvaluation);
  SEISAKU_READ(GetProgressSheet);
  SEISAKU_READ(GetSummary);
  SEISAKU_READ(GetCatalogPosition);

 private:
  // mutations.cc: a command of the changes of a request, whose errors `as_sent` words; `describe` sees the
  // state that they left.
  template <typename Response, typename Request>
  absl::StatusOr<rpc::Mutation<Response>> Mutate(
      const rpc::CallContext& call, const Request& request,
      google::protobuf::RepeatedPtrField<v1::Change> changes, ledger::Command::AsSent as_sent,
      std::function<absl::Status(const ledger::Outcome&, Response&)> describe);

  // reads.cc: the state as of where the request looks.
  template <typename Request>
  absl::StatusOr<ledger::Snapshot> Read(const rpc::CallContext& call, const Request& request);

  ledger::Ledger& ledger_;
  const State& state_;
};

}  // namespace seisaku::progress

#undef SEISAKU_READ
#undef SEISAKU_CHANGE
