#include "tools/loadgen/target.h"

#include "grpc/grpc.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "services/base/status.h"
#include "services/rpc/transport/limits.h"

namespace seisaku::loadgen {
namespace {

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(const rpc::TlsFiles& files) {
  if (files.certificate.empty()) return grpc::InsecureChannelCredentials();
  ASSIGN_OR_RETURN(rpc::TlsContents tls, rpc::ReadTlsFiles(files));
  return grpc::SslCredentials({tls.ca, tls.key, tls.certificate});
}

}  // namespace

absl::StatusOr<std::vector<std::shared_ptr<grpc::Channel>>> Connect(const Target& target, int count) {
  ASSIGN_OR_RETURN(auto credentials, Credentials(target.tls));
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int i = 0; i < count; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(rpc::kMaxMessageBytes);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // not one connection for all
    channels.push_back(grpc::CreateCustomChannel(target.address, credentials, arguments));
  }
  return channels;
}

}  // namespace seisaku::loadgen
