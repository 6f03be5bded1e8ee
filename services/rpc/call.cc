#include "services/rpc/call.h"

#include "absl/strings/cord.h"
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

bool IsWouldWait(const absl::Status& status) { return !status.ok() && status.GetPayload(kMark).has_value(); }

}  // namespace seisaku::rpc
