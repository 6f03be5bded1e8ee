// ProgressService as gRPC serves it.
#pragma once

#include "seisaku/progress/v1/progress_service.grpc.pb.h"
#include "services/progress/rpc/handlers.h"
#include "services/rpc/adapter.h"

namespace seisaku::progress {

class ProgressRpc final : public rpc::ServiceOver<v1::ProgressService, Handlers> {
 public:
  using ServiceOver::ServiceOver;
  SEISAKU_UNARY(ApplyProgress)
  SEISAKU_UNARY(RecordActual)
  SEISAKU_UNARY(BatchRecordActuals)
  SEISAKU_UNARY(CorrectActual)
  SEISAKU_UNARY(RetractActual)
  SEISAKU_UNARY(RecordNarrative)
  SEISAKU_UNARY(RecordAssessment)
  SEISAKU_UNARY(ListActuals)
  SEISAKU_UNARY(ListNarratives)
  SEISAKU_UNARY(GetEvaluation)
  SEISAKU_UNARY(GetProgressSheet)
  SEISAKU_UNARY(GetSummary)
  SEISAKU_UNARY(GetCatalogPosition)
};

}  // namespace seisaku::progress
