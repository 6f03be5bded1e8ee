// Where the load goes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/channel.h"
#include "services/rpc/security/credentials.h"

namespace seisaku::loadgen {

// Without a certificate the connection is plain, as a server of tests/bench is.
struct Target {
  std::string address;
  rpc::TlsFiles tls;
};

// `count` connections of their own to the target: one carries a bounded number of calls at a time.
// Errors: ReadTlsFiles's.
absl::StatusOr<std::vector<std::shared_ptr<grpc::Channel>>> Connect(const Target& target, int count);

}  // namespace seisaku::loadgen
