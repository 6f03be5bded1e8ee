// What gRPC counts for each connection. Only its channelz API tells.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/rpc/transport/flood_meter.h"
#include "services/rpc/transport/peer_address.h"

namespace seisaku::rpc {

using SocketId = int64_t;

// Thread-safe.
class ConnectionCounts {
 public:
  // For the server that this process built last.
  ConnectionCounts();

  // The TCP connections whose handshake is over: the peer's certificate was verified. A peer may have several from
  // one port, to different addresses of this server.
  absl::flat_hash_map<PeerAddress, std::vector<SocketId>> Established() const;

  // Our end of it. Nothing: it has ended.
  std::optional<PeerAddress> LocalOf(SocketId socket) const;

  // Nothing: it has ended.
  std::optional<StreamCounts> Of(SocketId socket) const;

  // The peer's certificate, in gRPC's encoding; "": the connection has ended.
  std::string CertificateOf(SocketId socket) const;

 private:
  int64_t server_ = 0;
};

// The number that stands as `"key":"17"` in JSON as gRPC writes it; nothing where there is none. Pure.
std::optional<int64_t> NumberIn(std::string_view json, std::string_view key);
// The TCP address that stands as `"local":{"tcpip_address":{…}}` there. Pure.
std::optional<PeerAddress> LocalIn(std::string_view json);

}  // namespace seisaku::rpc
