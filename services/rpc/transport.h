// How connections are secured and what that proves of the caller: what another kind of proof would change,
// and what the programs of tests/bench replace to show what it costs.
#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "grpcpp/security/auth_context.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"
#include "services/base/caller.h"
#include "services/rpc/credentials.h"

namespace seisaku::rpc {

// Mutual TLS: both ends present a certificate that the other's CA has signed.
std::shared_ptr<grpc::ServerCredentials> SecureServer(TlsContents tls);
std::shared_ptr<grpc::ChannelCredentials> SecureChannel(TlsContents tls);

// Who is at the other end of a call's connection, if they may call `method`: Authenticate's and Authorize's
// errors.
absl::StatusOr<Caller> Admit(const grpc::AuthContext& context, std::string_view method);

}  // namespace seisaku::rpc
