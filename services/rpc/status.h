// absl::Status with google.rpc payloads <-> grpc::Status with a google.rpc.Status in
// grpc-status-details-bin. Both directions: servers send, clients (policyctl, progress's follower) read.
#pragma once

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace seisaku::rpc {

// Carries over code, message, and the details of MakeError, with exactly one ErrorInfo: an error without one
// becomes INTERNAL "internal error" with reason INTERNAL, so that nothing leaks; the caller of this function
// logs the original. CANCELLED and DEADLINE_EXCEEDED without an ErrorInfo keep their code and get the code's
// name as reason.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The reverse. Details of other types, and details that cannot be parsed, are left out; a status without
// details (made by gRPC itself: UNAVAILABLE, DEADLINE_EXCEEDED) has none.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace seisaku::rpc
