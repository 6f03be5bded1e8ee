// The client's end of a connection to a service, with this project's limits: for policyctl, the auditor and
// progress's copy of catalog.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/channel.h"
#include "services/rpc/security/certificates.h"
#include "services/rpc/security/credentials.h"

namespace seisaku::rpc {

// A channel with mutual TLS to `target` ("host:port", or another name that gRPC resolves), which connects by
// itself when it is used. `authority`, if not empty, is the name that the server's certificate must have
// instead of the target's host. Errors: ReadTlsFiles's.
absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const std::string& target, const TlsFiles& files,
                                                           const std::string& authority = "");

// The same for a long-lived client. Each call returns a channel with the current certificates: a new one only where
// they have changed. Called from one thread at a time; `certificates` outlive it.
using ChannelMaker = std::function<std::shared_ptr<grpc::Channel>()>;
ChannelMaker RenewedChannels(std::string target, Certificates& certificates);

}  // namespace seisaku::rpc
