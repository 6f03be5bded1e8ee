// How connections are secured, and what that proves about the caller. Another kind of authentication would change only
// this; tests/bench replaces it to measure its cost.
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

// Mutual TLS: both ends present a certificate that the other's CA has signed. Each handshake uses the certificates that
// are current then; an open connection keeps its own. For one listening port, or one acceptor, of a server;
// `certificates` outlive the server.
std::shared_ptr<grpc::ServerCredentials> SecureServer(Certificates& certificates);
std::shared_ptr<grpc::ChannelCredentials> SecureChannel(TlsContents tls);

// Sets `caller` to the caller of a call, as far as it is known. OK where the caller is of `city` ("": any) and may call
// `method`. Errors: Authenticate's, CheckCity's, Authorize's.
absl::Status Admit(const grpc::AuthContext& context, const Method& method, std::string_view city,
                   Caller* caller);

}  // namespace seisaku::rpc
