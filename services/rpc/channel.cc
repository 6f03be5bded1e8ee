#include "services/rpc/channel.h"

#include "grpc/grpc.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"
#include "services/base/status.h"
#include "services/rpc/limits.h"

namespace seisaku::rpc {

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const std::string& target, const TlsFiles& files,
                                                           const std::string& authority) {
  ASSIGN_OR_RETURN(TlsContents tls, ReadTlsFiles(files));
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = std::move(tls.ca);
  options.pem_private_key = std::move(tls.key);
  options.pem_cert_chain = std::move(tls.certificate);

  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxHeaderBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMillis);
  if (!authority.empty()) arguments.SetSslTargetNameOverride(authority);
  return grpc::CreateCustomChannel(target, grpc::SslCredentials(options), arguments);
}

}  // namespace seisaku::rpc
