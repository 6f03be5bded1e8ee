#include "services/rpc/call.h"

#include "absl/strings/cord.h"

namespace seisaku::rpc {
namespace {

constexpr char kMark[] = "seisaku/would-wait";

}  // namespace

absl::Status WouldWait() {
  absl::Status status = absl::UnavailableError("the handler has to wait");
  status.SetPayload(kMark, absl::Cord());
  return status;
}

bool IsWouldWait(const absl::Status& status) { return !status.ok() && status.GetPayload(kMark).has_value(); }

}  // namespace seisaku::rpc
