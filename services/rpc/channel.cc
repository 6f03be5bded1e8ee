#include "services/rpc/channel.h"

#include <utility>

#include "grpc/grpc.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/support/channel_arguments.h"
#include "services/base/status.h"
#include "services/rpc/limits.h"
#include "services/rpc/transport.h"

namespace seisaku::rpc {

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const std::string& target, const TlsFiles& files,
                                                           const std::string& authority) {
  ASSIGN_OR_RETURN(TlsContents tls, ReadTlsFiles(files));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxHeaderBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMillis);
  if (!authority.empty()) arguments.SetSslTargetNameOverride(authority);
  return grpc::CreateCustomChannel(target, SecureChannel(std::move(tls)), arguments);
}

}  // namespace seisaku::rpc
