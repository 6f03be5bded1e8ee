// The address at the other end of a connection.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace seisaku::rpc {

// An IPv6 address; one of IPv4 in its mapped form, as a socket for both sees it.
using HostAddress = std::array<uint8_t, 16>;

struct PeerAddress {
  HostAddress host = {};  // all zero: a Unix socket, which has no address
  uint16_t port = 0;

  friend bool operator==(const PeerAddress&, const PeerAddress&) = default;
  template <typename H>
  friend H AbslHashValue(H hash, const PeerAddress& peer) {
    return H::combine(std::move(hash), peer.host, peer.port);
  }
};

// Of a connection. All zero where it has none.
PeerAddress OurEnd(int connection);

// Pure, all of them. A socket of the file system has no address.
PeerAddress ToPeerAddress(const sockaddr_storage& address);
// "ipv4:10.0.0.1:4242", "ipv6:[::1]:4242" with or without its URI's escapes: how gRPC writes a peer. Nothing:
// another form.
std::optional<PeerAddress> ParsePeerUri(std::string_view uri);
// Of an address's 4 or 16 bytes. Nothing: another number of them.
std::optional<PeerAddress> PeerAddressOf(std::string_view bytes, uint16_t port);
// "10.0.0.1:4242", "[::1]:4242".
std::string ToString(const PeerAddress& peer);

}  // namespace seisaku::rpc
