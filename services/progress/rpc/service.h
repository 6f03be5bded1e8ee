// ProgressService as gRPC serves it. What may be done is the domain's to say, when and where the ledger's.
#pragma once

#include "absl/status/statusor.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "services/ledger/ledger.h"
#include "services/progress/domain/state.h"
#include "services/progress/domain/view.h"
#include "services/progress/rpc/import_watch.h"
#include "services/rpc/service.h"

namespace seisaku::progress {

class ProgressRpc final : public rpc::ContractService {
 public:
  // `ledger` keeps `state`; all three outlive the service.
  ProgressRpc(rpc::Adapter& adapter, ledger::Ledger& ledger, const State& state);

 private:
  // Many changes; answers with their diff, for which it reads the words that were there before.
  absl::StatusOr<v1::ApplyProgressResponse> ApplyProgress(const rpc::CallContext& call,
                                                          const v1::ApplyProgressRequest& request);
  // What a command of changes needs besides: enough of catalog, and which words are there already.
  absl::Status Prepare(const rpc::CallContext& call, Position min_catalog_position, ledger::Command& command);

  // reads.cc
  absl::StatusOr<v1::ListActualsResponse> ListActuals(const rpc::CallContext& call,
                                                      const v1::ListActualsRequest& request);
  absl::StatusOr<v1::ListNarrativesResponse> ListNarratives(const rpc::CallContext& call,
                                                            const v1::ListNarrativesRequest& request);
  absl::StatusOr<v1::GetEvaluationResponse> GetEvaluation(const rpc::CallContext& call,
                                                          const v1::GetEvaluationRequest& request);
  absl::StatusOr<v1::GetProgressSheetResponse> GetProgressSheet(const rpc::CallContext& call,
                                                                const v1::GetProgressSheetRequest& request);
  absl::StatusOr<v1::GetSummaryResponse> GetSummary(const rpc::CallContext& call,
                                                    const v1::GetSummaryRequest& request);
  absl::StatusOr<v1::GetCatalogPositionResponse> GetCatalogPosition(
      const rpc::CallContext& call, const v1::GetCatalogPositionRequest& request);
  // The state as of where a request looks.
  template <typename Request>
  absl::StatusOr<ledger::Snapshot> Read(const rpc::CallContext& call, const Request& request);

  ledger::Ledger& ledger_;
  const State& state_;
  ImportWatch imports_{ledger_};
};

}  // namespace seisaku::progress
