#include "services/rpc/transport/peer_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "fmt/format.h"

namespace seisaku::rpc {
namespace {

constexpr HostAddress kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0};
constexpr size_t kMappedPrefix = 12;

HostAddress Mapped(const in_addr& address) {
  HostAddress host = kMapped;
  std::memcpy(host.data() + kMappedPrefix, &address, sizeof(address));
  return host;
}

std::optional<HostAddress> ParseHost(const std::string& text) {
  in_addr four = {};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) return Mapped(four);
  HostAddress six = {};
  if (inet_pton(AF_INET6, text.c_str(), six.data()) == 1) return six;
  return std::nullopt;
}

}  // namespace

PeerAddress OurEnd(int connection) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  const bool known = getsockname(connection, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  return known ? ToPeerAddress(address) : PeerAddress{};
}

PeerAddress ToPeerAddress(const sockaddr_storage& address) {
  PeerAddress peer;
  if (address.ss_family == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(address);
    peer = {Mapped(four.sin_addr), ntohs(four.sin_port)};
  } else if (address.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    std::memcpy(peer.host.data(), &six.sin6_addr, peer.host.size());
    peer.port = ntohs(six.sin6_port);
  }
  return peer;
}

std::optional<PeerAddress> ParsePeerUri(std::string_view uri) {
  const size_t scheme = uri.find(':');
  if (scheme == std::string_view::npos || !uri.starts_with("ipv")) return std::nullopt;
  const std::string text =
      absl::StrReplaceAll(std::string(uri.substr(scheme + 1)), {{"%5B", "["}, {"%5D", "]"}, {"%25", "%"}});
  const size_t colon = text.rfind(':');
  uint32_t port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(text.substr(colon + 1), &port) || port > UINT16_MAX) {
    return std::nullopt;
  }
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const std::optional<HostAddress> parsed = ParseHost(host.substr(0, host.find('%')));  // without its zone
  if (!parsed) return std::nullopt;
  return PeerAddress{*parsed, static_cast<uint16_t>(port)};
}

std::optional<PeerAddress> PeerAddressOf(std::string_view bytes, uint16_t port) {
  PeerAddress peer = {.host = kMapped, .port = port};
  if (bytes.size() != sizeof(in_addr) && bytes.size() != peer.host.size()) return std::nullopt;
  std::memcpy(peer.host.data() + peer.host.size() - bytes.size(), bytes.data(), bytes.size());
  return peer;
}

std::string ToString(const PeerAddress& peer) {
  char text[INET6_ADDRSTRLEN] = {};
  if (std::equal(kMapped.begin(), kMapped.begin() + kMappedPrefix, peer.host.begin())) {
    inet_ntop(AF_INET, peer.host.data() + kMappedPrefix, text, sizeof(text));
    return fmt::format("{}:{}", text, peer.port);
  }
  inet_ntop(AF_INET6, peer.host.data(), text, sizeof(text));
  return fmt::format("[{}]:{}", text, peer.port);
}

}  // namespace seisaku::rpc
