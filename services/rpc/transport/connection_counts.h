// What gRPC counts of each connection, which nothing else of its API tells: asked through channelz.
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
  // Of the server of this process that was built last.
  ConnectionCounts();

  // The connections whose handshake is over: the peer's certificate was verified. Those over a socket of the
  // file system are not among them. A peer may have several from one port, to different addresses of ours.
  absl::flat_hash_map<PeerAddress, std::vector<SocketId>> Established() const;

  // Our end of it. Nothing: it has ended.
  std::optional<PeerAddress> LocalOf(SocketId socket) const;

  // Nothing: it has ended.
  std::optional<StreamCounts> Of(SocketId socket) const;

  // The certificate that the peer has shown, in an encoding of its own; "": it has ended.
  std::string CertificateOf(SocketId socket) const;

 private:
  int64_t server_ = 0;
};

// The number that stands as `"key":"17"` in JSON as gRPC writes it; nothing where there is none. Pure.
std::optional<int64_t> NumberIn(std::string_view json, std::string_view key);
// The TCP address that stands as `"local":{"tcpip_address":{…}}` there. Pure.
std::optional<PeerAddress> LocalIn(std::string_view json);

}  // namespace seisaku::rpc
