#include "services/rpc/transport/channel.h"

#include <utility>

#include "grpc/grpc.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/support/channel_arguments.h"
#include "services/base/status.h"
#include "services/rpc/security/transport_security.h"
#include "services/rpc/transport/limits.h"

namespace seisaku::rpc {

namespace {

std::shared_ptr<grpc::Channel> Open(const std::string& target, TlsContents tls,
                                    const std::string& authority) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxHeaderBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMillis);
  if (!authority.empty()) arguments.SetSslTargetNameOverride(authority);
  return grpc::CreateCustomChannel(target, SecureChannel(std::move(tls)), arguments);
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const std::string& target, const TlsFiles& files,
                                                           const std::string& authority) {
  ASSIGN_OR_RETURN(TlsContents tls, ReadTlsFiles(files));
  return Open(target, std::move(tls), authority);
}

ChannelMaker RenewedChannels(std::string target, Certificates& certificates) {
  return [target = std::move(target), &reader = certificates.AddReader(),
          channel = std::shared_ptr<grpc::Channel>()]() mutable {
    if (const Certificates::Contents news = reader.News()) channel = Open(target, *news, "");
    return channel;
  };
}

}  // namespace seisaku::rpc
