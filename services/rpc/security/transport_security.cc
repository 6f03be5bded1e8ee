#include "services/rpc/security/transport_security.h"

#include <utility>

#include "grpc/grpc.h"
#include "grpc/grpc_security.h"
#include "services/base/status.h"
#include "services/rpc/security/authn.h"

namespace seisaku::rpc {

namespace {

// gRPC's C++ credentials keep their certificates for good; those of its C core ask at each handshake.
class RenewedCredentials final : public grpc::ServerCredentials {
 public:
  explicit RenewedCredentials(Certificates::Reader& reader)
      : credentials_(grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(
                GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY, Fetch, &reader))) {}
  ~RenewedCredentials() override { grpc_server_credentials_release(credentials_); }

  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  // Called under a lock of gRPC's. Unusable certificates never become current; if gRPC rejects them all the same, it
  // keeps the old ones and logs that.
  static grpc_ssl_certificate_config_reload_status Fetch(void* reader,
                                                         grpc_ssl_server_certificate_config** config) {
    const Certificates::Contents news = static_cast<Certificates::Reader*>(reader)->News();
    if (news == nullptr) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    const grpc_ssl_pem_key_cert_pair own = {news->key.c_str(), news->certificate.c_str()};
    *config = grpc_ssl_server_certificate_config_create(news->ca.c_str(), &own, 1);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  grpc_server_credentials* const credentials_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> SecureServer(Certificates& certificates) {
  return std::make_shared<RenewedCredentials>(certificates.AddReader());
}

std::shared_ptr<grpc::ChannelCredentials> SecureChannel(TlsContents tls) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = std::move(tls.ca);
  options.pem_private_key = std::move(tls.key);
  options.pem_cert_chain = std::move(tls.certificate);
  return grpc::SslCredentials(options);
}

absl::Status Admit(const grpc::AuthContext& context, const Method& method, std::string_view city,
                   Caller* caller) {
  ASSIGN_OR_RETURN(*caller, Authenticate(context));
  RETURN_IF_ERROR(CheckCity(*caller, city));
  return Authorize(*caller, method);
}

}  // namespace seisaku::rpc
