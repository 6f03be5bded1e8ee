#include "services/rpc/transport/listening.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "fmt/format.h"
#include "services/base/status.h"
#include "services/rpc/transport/limits.h"

namespace seisaku::rpc {
namespace {

constexpr std::string_view kForms = "it is not of the form host:port, [IPv6 address]:port or unix:path";
// For a name with several addresses: another program may use the port that the first one was given.
constexpr int kTriesForAPort = 16;

struct SocketAddress {
  sockaddr_storage bytes = {};
  socklen_t size = sizeof(bytes);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&bytes); }
  void SetPort(uint16_t port) {
    if (bytes.ss_family == AF_INET) reinterpret_cast<sockaddr_in&>(bytes).sin_port = htons(port);
    if (bytes.ss_family == AF_INET6) reinterpret_cast<sockaddr_in6&>(bytes).sin6_port = htons(port);
  }
  int port() const {
    return ntohs(bytes.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(bytes).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(bytes).sin_port);
  }
};

struct HostAndPort {
  std::string host;
  uint16_t port = 0;
};

absl::StatusOr<HostAndPort> Split(const std::string& address) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      port > UINT16_MAX) {
    return CannotListen(address, kForms);
  }
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.empty() || host.find(':') != std::string::npos) {
    return CannotListen(address, kForms);
  }
  return HostAndPort{std::move(host), static_cast<uint16_t>(port)};
}

absl::StatusOr<std::vector<SocketAddress>> Resolve(const std::string& address, const HostAndPort& parts) {
  // One socket for both families, where the machine has both.
  const bool any = parts.host == "0.0.0.0" || parts.host == "::";
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(any ? "::" : parts.host.c_str(), "0", &hints, &found);
  if (error != 0) return CannotListen(address, gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  std::vector<SocketAddress> addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    SocketAddress& next = addresses.emplace_back();
    std::memcpy(&next.bytes, each->ai_addr, each->ai_addrlen);
    next.size = each->ai_addrlen;
  }
  return addresses;
}

// Returns an error number, or 0 and the chosen port in `at`.
int Open(SocketAddress& at, Descriptor* listener) {
  const int family = at.bytes.ss_family;
  *listener = Descriptor(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!*listener) return errno;
  const int on = 1, off = 0, timeout = kKeepaliveTimeoutMillis;
  const int number = listener->get();
  if (family != AF_UNIX) {
    // Connections inherit these from the listening socket.
    setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(number, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof(timeout));
  }
  if (family == AF_INET6) {
    const bool any = IN6_IS_ADDR_UNSPECIFIED(&reinterpret_cast<sockaddr_in6&>(at.bytes).sin6_addr);
    setsockopt(number, IPPROTO_IPV6, IPV6_V6ONLY, any ? &off : &on, sizeof(on));
  }
  if (bind(number, at.get(), at.size) != 0 || listen(number, SOMAXCONN) != 0) return errno;
  return getsockname(number, at.get(), &at.size) == 0 ? 0 : errno;
}

// The machine lacks the family, or one address of a name that has others.
bool IsAbsent(int error) { return error == EAFNOSUPPORT || error == EADDRNOTAVAIL; }

// Listens at all of them on one port; with `port` 0, the one that the first is given.
int OpenAll(std::vector<SocketAddress>& addresses, uint16_t port, Listening* listening) {
  listening->sockets.clear();
  int first_error = 0;
  for (SocketAddress& address : addresses) {
    address.SetPort(port);
    Descriptor listener;
    const int error = Open(address, &listener);
    if (error != 0 && !IsAbsent(error)) return error;
    if (error != 0) {
      first_error = first_error == 0 ? error : first_error;
      continue;
    }
    port = static_cast<uint16_t>(address.port());
    listening->sockets.push_back(std::move(listener));
  }
  if (listening->sockets.empty()) return first_error;
  listening->address = WithPort(listening->address, port);
  return 0;
}

// Removes a stale socket file.
void RemoveStale(SocketAddress& address, const char* path) {
  struct stat file = {};
  if (lstat(path, &file) != 0 || !S_ISSOCK(file.st_mode)) return;
  const Descriptor probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(probe.get(), address.get(), address.size) != 0 && errno == ECONNREFUSED) unlink(path);
}

absl::StatusOr<Listening> ListenAtFile(const std::string& address, std::string path) {
  if (path.starts_with("//")) path = path.substr(2);
  SocketAddress at;
  auto& file = reinterpret_cast<sockaddr_un&>(at.bytes);
  if (path.empty() || path.size() >= sizeof(file.sun_path)) {
    return CannotListen(address, "a socket's path has 1 to 107 bytes");
  }
  file.sun_family = AF_UNIX;
  std::memcpy(file.sun_path, path.c_str(), path.size() + 1);
  at.size = sizeof(file);
  RemoveStale(at, file.sun_path);
  Listening listening{.sockets = {}, .address = address};
  Descriptor listener;
  const int error = Open(at, &listener);
  if (error != 0) return CannotListen(address, std::strerror(error));
  listening.sockets.push_back(std::move(listener));
  return listening;
}

}  // namespace

absl::StatusOr<Listening> ListenAt(const std::string& address) {
  if (address.starts_with("unix:")) return ListenAtFile(address, address.substr(5));
  ASSIGN_OR_RETURN(const HostAndPort parts, Split(address));
  ASSIGN_OR_RETURN(std::vector<SocketAddress> addresses, Resolve(address, parts));
  Listening listening{.sockets = {}, .address = address};
  int error = OpenAll(addresses, parts.port, &listening);
  for (int tries = 1; error == EADDRINUSE && parts.port == 0 && tries < kTriesForAPort; ++tries) {
    error = OpenAll(addresses, parts.port, &listening);
  }
  if (IsAbsent(error) && (parts.host == "0.0.0.0" || parts.host == "::")) {  // no IPv6 here
    addresses.assign(1, SocketAddress{.bytes = {}, .size = sizeof(sockaddr_in)});
    addresses.front().bytes.ss_family = AF_INET;
    error = OpenAll(addresses, parts.port, &listening);
  }
  if (error != 0) return CannotListen(address, std::strerror(error));
  return listening;
}

absl::Status CannotListen(const std::string& address, std::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "CANNOT_LISTEN",
                   fmt::format("cannot listen on {}: {}", address, why),
                   {{"address", address}, {"why", std::string(why)}});
}

std::string WithPort(const std::string& address, int port) {
  return fmt::format("{}:{}", address.substr(0, address.rfind(':')), port);
}

}  // namespace seisaku::rpc
