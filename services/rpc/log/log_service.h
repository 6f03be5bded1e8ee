// LogService over a ledger: the raw log for peers and auditors.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "services/ledger/ledger.h"
#include "services/ledger/tree/key.h"
#include "services/rpc/service.h"

namespace seisaku::rpc {

// The keys whose signatures on this log's checkpoints are accepted.
struct LogKeys {
  std::vector<ledger::VerifierKey> log;  // one at least; they bear the log's origin
  std::vector<ledger::VerifierKey> cosigners;
};

// Thread-safe. Every call may wait, mostly for PostgreSQL.
class LogHandlers {
 public:
  // `ledger` outlives the handlers. An idle stream reports its position every `progress_interval`.
  LogHandlers(ledger::Ledger& ledger, LogKeys keys, absl::Duration progress_interval = absl::Seconds(5))
      : ledger_(ledger), keys_(std::move(keys)), progress_interval_(progress_interval) {}

  absl::StatusOr<log::v1::GetCheckpointResponse> GetCheckpoint(const CallContext& call,
                                                               const log::v1::GetCheckpointRequest& request);
  absl::StatusOr<log::v1::ReadEntriesResponse> ReadEntries(const CallContext& call,
                                                           const log::v1::ReadEntriesRequest& request);
  absl::StatusOr<Mutation<log::v1::RedactTextResponse>> RedactText(const CallContext& call,
                                                                   const log::v1::RedactTextRequest& request);
  absl::Status WatchEntries(const CallContext& call, const log::v1::WatchEntriesRequest& request,
                            ResponseStream<log::v1::WatchEntriesResponse>& stream);

  // log_proofs.cc
  absl::StatusOr<log::v1::GetInclusionProofResponse> GetInclusionProof(
      const CallContext& call, const log::v1::GetInclusionProofRequest& request);
  absl::StatusOr<log::v1::GetConsistencyProofResponse> GetConsistencyProof(
      const CallContext& call, const log::v1::GetConsistencyProofRequest& request);
  absl::StatusOr<log::v1::AddCosignatureResponse> AddCosignature(
      const CallContext& call, const log::v1::AddCosignatureRequest& request);
  absl::StatusOr<log::v1::GetStateDigestResponse> GetStateDigest(
      const CallContext& call, const log::v1::GetStateDigestRequest& request);

 private:
  // OK when `size` is published. Waits a moment, because another replica may have just published it.
  absl::Status AwaitSize(const CallContext& call, Position size);
  // `wanted` once it is published; 0 means the size that is published now.
  absl::StatusOr<Position> SizeOrNewest(const CallContext& call, Position wanted);
  // The checkpoint of `frontier`, signed by the log and by those of `cosignatures` that fit.
  absl::StatusOr<std::string> CheckpointOf(const ledger::Frontier& frontier,
                                           const ledger::Cosignatures& cosignatures = {});
  // The checkpoint of the greatest size up to `size` that a known cosigner has signed. Sets `size` to its size.
  absl::StatusOr<std::string> NewestCosigned(Position& size);

  ledger::Ledger& ledger_;
  const LogKeys keys_;
  absl::Duration progress_interval_;
};

class LogRpc final : public ContractService {
 public:
  LogRpc(Adapter& adapter, ledger::Ledger& ledger, LogKeys keys,
         absl::Duration progress_interval = absl::Seconds(5));

 private:
  LogHandlers handlers_;
};

}  // namespace seisaku::rpc
