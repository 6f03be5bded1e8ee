#include "services/rpc/transport/connection_counts.h"

#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "fmt/format.h"
#include "grpc/grpc.h"
#include "grpc/support/alloc.h"

namespace seisaku::rpc {
namespace {

constexpr std::string_view kSocketId = "socketId", kServerId = "serverId";
constexpr std::string_view kLocal = R"("local":{"tcpip_address":{)", kPort = R"("port":)";
constexpr intptr_t kSocketsAtOnce = 500;

std::string Taken(char* json) {
  if (json == nullptr) return {};
  const std::unique_ptr<char, decltype(&gpr_free)> owner(json, gpr_free);
  return json;
}

// Takes the value after `"key":"`, up to the next quote, off the rest of the text.
std::optional<std::string_view> NextString(std::string_view& rest, std::string_view key) {
  const std::string opening = fmt::format("\"{}\":\"", key);
  const size_t found = rest.find(opening);
  if (found == std::string_view::npos) return std::nullopt;
  rest.remove_prefix(found + opening.size());
  const size_t end = rest.find('"');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view value = rest.substr(0, end);
  rest.remove_prefix(end);
  return value;
}

std::optional<int64_t> NextNumber(std::string_view& rest, std::string_view key) {
  const std::optional<std::string_view> text = NextString(rest, key);
  int64_t number = 0;
  return text && absl::SimpleAtoi(std::string(*text), &number) ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<int64_t> NumberIn(std::string_view json, std::string_view key) { return NextNumber(json, key); }

std::optional<PeerAddress> LocalIn(std::string_view json) {
  // "local":{"tcpip_address":{"ip_address":"fwAAAQ==","port":7001}}, the members in any order.
  const size_t begin = json.find(kLocal);
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view rest = json.substr(begin);
  const std::string_view object = rest.substr(0, rest.find('}'));
  const size_t port = object.find(kPort);
  std::string_view address = object;
  const std::optional<std::string_view> host = NextString(address, "ip_address");
  std::string bytes;
  if (port == std::string_view::npos || !host || !absl::Base64Unescape(std::string(*host), &bytes))
    return std::nullopt;
  int number = 0;
  for (size_t at = port + kPort.size(); at < object.size() && absl::ascii_isdigit(object[at]); ++at) {
    number = 10 * number + (object[at] - '0');
  }
  return PeerAddressOf(bytes, static_cast<uint16_t>(number));
}

ConnectionCounts::ConnectionCounts() {
  while (true) {
    const std::string json = Taken(grpc_channelz_get_servers(static_cast<intptr_t>(server_ + 1)));
    std::string_view rest = json;
    const int64_t before = server_;
    while (const std::optional<int64_t> id = NextNumber(rest, kServerId)) server_ = *id;
    if (server_ == before) return;
  }
}

absl::flat_hash_map<PeerAddress, std::vector<SocketId>> ConnectionCounts::Established() const {
  absl::flat_hash_map<PeerAddress, std::vector<SocketId>> established;
  for (SocketId last = 0, before = -1; last != before;) {
    before = last;
    const std::string json =
        Taken(grpc_channelz_get_server_sockets(static_cast<intptr_t>(server_), last + 1, kSocketsAtOnce));
    // {"socketRef":[{"name":"chttp2 ipv4:10.0.0.1:4242","socketId":"17"}, …]}, the members in any order.
    std::string_view rest = json;
    while (const std::optional<int64_t> id = NextNumber(rest, kSocketId)) {
      last = *id;
      const size_t begin = json.rfind('{', json.size() - rest.size());
      const size_t end = json.find('}', json.size() - rest.size());
      if (begin == std::string::npos || end == std::string::npos) break;
      std::string_view object(json.data() + begin, end - begin);
      const std::optional<std::string_view> name = NextString(object, "name");
      if (!name) continue;
      if (const auto peer = ParsePeerUri(name->substr(name->rfind(' ') + 1)))
        established[*peer].push_back(last);
    }
  }
  return established;
}

std::optional<StreamCounts> ConnectionCounts::Of(SocketId socket) const {
  const std::string json = Taken(grpc_channelz_get_socket(socket));
  if (json.empty()) return std::nullopt;
  auto number = [&](std::string_view key) {  // what is 0 is left out
    return static_cast<uint64_t>(NumberIn(json, key).value_or(0));
  };
  const uint64_t failed = number("streamsFailed");
  return StreamCounts{.started = number("streamsStarted"),
                      .ended = failed + number("streamsSucceeded"),
                      .failed = failed,
                      .messages = number("messagesReceived"),
                      .sent = number("messagesSent")};
}

std::optional<PeerAddress> ConnectionCounts::LocalOf(SocketId socket) const {
  return LocalIn(Taken(grpc_channelz_get_socket(socket)));
}

std::string ConnectionCounts::CertificateOf(SocketId socket) const {
  const std::string json = Taken(grpc_channelz_get_socket(socket));
  std::string_view rest = json;
  return std::string(NextString(rest, "remote_certificate").value_or(""));
}

}  // namespace seisaku::rpc
