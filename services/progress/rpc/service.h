// ProgressService as gRPC serves it.
#pragma once

#include "seisaku/progress/v1/progress_service.grpc.pb.h"
#include "services/progress/rpc/handlers.h"
#include "services/rpc/endpoint.h"

namespace seisaku::progress {

class ProgressRpc final : public rpc::ServiceOver<v1::ProgressService, Handlers> {
 public:
  ProgressRpc(rpc::Adapter& adapter, ledger::Ledger& ledger, const State& state)
      : ServiceOver(adapter, ledger, state) {
    Unary<&Handlers::ApplyProgress>("ApplyProgress");
    Unary<&Handlers::RecordActual>("RecordActual");
    Unary<&Handlers::BatchRecordActuals>("BatchRecordActuals");
    Unary<&Handlers::CorrectActual>("CorrectActual");
    Unary<&Handlers::RetractActual>("RetractActual");
    Unary<&Handlers::RecordNarrative>("RecordNarrative");
    Unary<&Handlers::RecordAssessment>("RecordAssessment");
    Unary<&Handlers::ListActuals>("ListActuals");
    Unary<&Handlers::ListNarratives>("ListNarratives");
    Unary<&Handlers::GetEvaluation>("GetEvaluation", rpc::Manner::kQuick);
    Unary<&Handlers::GetProgressSheet>("GetProgressSheet");
    Unary<&Handlers::GetSummary>("GetSummary");
    Unary<&Handlers::GetCatalogPosition>("GetCatalogPosition");
  }
};

}  // namespace seisaku::progress
