// LogService over a ledger: the raw log for peers and auditors.
#pragma once

#include "absl/time/time.h"
#include "seisaku/log/v1/log_service.grpc.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "services/ledger/ledger.h"
#include "services/rpc/endpoint.h"

namespace seisaku::rpc {

// Thread-safe.
class LogHandlers {
 public:
  // `ledger` outlives the handlers. An idle stream sends its checkpoint again every `heartbeat`.
  explicit LogHandlers(ledger::Ledger& ledger, absl::Duration heartbeat = absl::Seconds(15))
      : ledger_(ledger), heartbeat_(heartbeat) {}

  absl::StatusOr<log::v1::GetCheckpointResponse> GetCheckpoint(const CallContext& call,
                                                               const log::v1::GetCheckpointRequest& request);
  absl::StatusOr<log::v1::ReadEntriesResponse> ReadEntries(const CallContext& call,
                                                           const log::v1::ReadEntriesRequest& request);
  absl::Status WatchEntries(const CallContext& call, const log::v1::WatchEntriesRequest& request,
                            ResponseStream<log::v1::WatchEntriesResponse>& stream);

 private:
  ledger::Ledger& ledger_;
  absl::Duration heartbeat_;
};

class LogRpc final : public ServiceOver<log::v1::LogService, LogHandlers> {
 public:
  LogRpc(Adapter& adapter, ledger::Ledger& ledger) : ServiceOver(adapter, ledger) {
    Unary<&LogHandlers::GetCheckpoint>("GetCheckpoint");
    Unary<&LogHandlers::ReadEntries>("ReadEntries");
  }
  SEISAKU_STREAMING(WatchEntries)
};

}  // namespace seisaku::rpc
