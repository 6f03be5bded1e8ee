#include "services/rpc/transport.h"

#include <utility>

#include "services/base/status.h"
#include "services/rpc/authn.h"
#include "services/rpc/authz.h"

namespace seisaku::rpc {

std::shared_ptr<grpc::ServerCredentials> SecureServer(TlsContents tls) {
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = std::move(tls.ca);
  options.pem_key_cert_pairs.push_back({std::move(tls.key), std::move(tls.certificate)});
  return grpc::SslServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> SecureChannel(TlsContents tls) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = std::move(tls.ca);
  options.pem_private_key = std::move(tls.key);
  options.pem_cert_chain = std::move(tls.certificate);
  return grpc::SslCredentials(options);
}

absl::StatusOr<Caller> Admit(const grpc::AuthContext& context, std::string_view method) {
  ASSIGN_OR_RETURN(Caller caller, Authenticate(context));
  RETURN_IF_ERROR(Authorize(caller, method));
  return caller;
}

}  // namespace seisaku::rpc
