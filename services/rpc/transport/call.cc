#include "services/rpc/transport/call.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/time/clock.h"
#include "services/base/status.h"

namespace seisaku::rpc {
namespace {

constexpr char kMark[] = "seisaku/would-wait";

}  // namespace

absl::Status WouldWait() {
  absl::Status status = absl::UnavailableError("the handler has to wait");
  status.SetPayload(kMark, absl::Cord());
  return status;
}

absl::Status SlowConsumer() {
  return MakeError(absl::StatusCode::kResourceExhausted, "SLOW_CONSUMER",
                   "the responses of this stream are not read");
}

absl::StatusOr<Position> AwaitSize(ledger::LogReader& ledger, Position size, const CallContext& call) {
  while (true) {
    const absl::Time until = std::min(call.deadline, absl::Now() + kWaitCheck);
    const Position reached = ledger.WaitForSize(size, until);
    if (reached >= size || until == call.deadline) return reached;
    RETURN_IF_ERROR(call.Alive());
  }
}

bool IsWouldWait(const absl::Status& status) { return !status.ok() && status.GetPayload(kMark).has_value(); }

}  // namespace seisaku::rpc
