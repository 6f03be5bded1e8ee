// How connections are secured and what that proves of the caller: what another kind of proof would change,
// and what the programs of tests/bench replace to show what it costs.
#pragma once

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "grpcpp/security/auth_context.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"
#include "services/base/caller.h"
#include "services/rpc/security/authz.h"
#include "services/rpc/security/certificates.h"
#include "services/rpc/security/credentials.h"

namespace seisaku::rpc {

// Mutual TLS: both ends present a certificate that the other's CA has signed. Each handshake is done with the
// certificates that are current then; a connection that stands keeps those it began with. For one listening
// port, or one acceptor, of a server; `certificates` outlive the server.
std::shared_ptr<grpc::ServerCredentials> SecureServer(Certificates& certificates);
std::shared_ptr<grpc::ChannelCredentials> SecureChannel(TlsContents tls);

// Sets `caller` to who is at the other end of a call's connection, as far as that is known. OK where they are
// of `city` ("": of any) and may call `method`; else Authenticate's, CheckCity's and Authorize's errors.
absl::Status Admit(const grpc::AuthContext& context, const Method& method, std::string_view city,
                   Caller* caller);

}  // namespace seisaku::rpc
