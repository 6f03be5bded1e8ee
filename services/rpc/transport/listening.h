// Sockets that listen where --listen says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/rpc/transport/descriptor.h"

namespace seisaku::rpc {

struct Listening {
  std::vector<Descriptor> sockets;  // do not block
  std::string address;              // as it was asked for, with the port that was chosen
};

// Listens at "host:port", "[IPv6]:port" or "unix:path". A host name stands for all its addresses, on one port;
// "0.0.0.0" and "[::]" stand for every address of both families. A stale socket file is replaced.
// FAILED_PRECONDITION CANNOT_LISTEN: another form, or the system refuses it.
absl::StatusOr<Listening> ListenAt(const std::string& address);

// FAILED_PRECONDITION CANNOT_LISTEN.
absl::Status CannotListen(const std::string& address, std::string_view why);

// The address with this port in place of its own.
std::string WithPort(const std::string& address, int port);

}  // namespace seisaku::rpc
