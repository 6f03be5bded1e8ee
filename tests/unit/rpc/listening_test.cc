#include "services/rpc/transport/listening.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/files.h"
#include "services/rpc/transport/connection_counts.h"
#include "services/rpc/transport/peer_address.h"
#include "tests/support/matchers.h"
#include "tests/unit/rpc/certificates.h"

namespace seisaku::rpc {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

int PortOf(const Listening& listening) {
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(listening.address.substr(listening.address.rfind(':') + 1), &port));
  return port;
}

// Whether somebody listens at this address of IPv4 or IPv6.
bool Answers(const char* host, int port) {
  const auto peer = ParsePeerUri(absl::StrCat(host, ":", port));
  EXPECT_TRUE(peer) << host;
  const Descriptor socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 to = {};
  to.sin6_family = AF_INET6;
  to.sin6_port = htons(static_cast<uint16_t>(port));
  std::memcpy(&to.sin6_addr, peer->host.data(), peer->host.size());
  return connect(socket.get(), reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0;
}

TEST(ListeningTest, ThePortIsChosenWhereItIsZero) {
  ASSERT_OK_AND_ASSIGN(Listening listening, ListenAt("127.0.0.1:0"));
  EXPECT_THAT(listening.address, MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]+"));
  EXPECT_TRUE(Answers("ipv4:127.0.0.1", PortOf(listening)));
}

TEST(ListeningTest, AnAddressOfIPv6IsTaken) {
  ASSERT_OK_AND_ASSIGN(Listening listening, ListenAt("[::1]:0"));
  EXPECT_THAT(listening.address, MatchesRegex("\\[::1\\]:[1-9][0-9]+"));
  EXPECT_TRUE(Answers("ipv6:[::1]", PortOf(listening)));
  EXPECT_FALSE(Answers("ipv4:127.0.0.1", PortOf(listening)));
}

TEST(ListeningTest, EveryAddressIsThatOfBothFamilies) {
  for (const char* any : {"0.0.0.0:0", "[::]:0"}) {
    ASSERT_OK_AND_ASSIGN(Listening listening, ListenAt(any));
    EXPECT_TRUE(Answers("ipv4:127.0.0.1", PortOf(listening))) << any;
    EXPECT_TRUE(Answers("ipv6:[::1]", PortOf(listening))) << any;
  }
}

TEST(ListeningTest, ANameIsListenedAtOnOnePort) {
  ASSERT_OK_AND_ASSIGN(Listening listening, ListenAt("localhost:0"));
  EXPECT_THAT(listening.address, MatchesRegex("localhost:[1-9][0-9]+"));
  EXPECT_TRUE(Answers("ipv4:127.0.0.1", PortOf(listening)));
}

TEST(ListeningTest, AnAddressInUseIsAnErrorThatSaysSo) {
  ASSERT_OK_AND_ASSIGN(Listening first, ListenAt("127.0.0.1:0"));
  const auto second = ListenAt(first.address);
  EXPECT_THAT(second, HasReason("CANNOT_LISTEN"));
  EXPECT_THAT(second.status().message(), HasSubstr("in use"));
}

TEST(ListeningTest, OtherFormsAreErrors) {
  for (const char* address : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1",
                              ":0", "::1:0", "unix:"}) {
    EXPECT_THAT(ListenAt(address), HasReason("CANNOT_LISTEN")) << address;
  }
  EXPECT_THAT(ListenAt("unix:" + std::string(108, 'x')), HasReason("CANNOT_LISTEN"));
  EXPECT_THAT(ListenAt("no-such-host.invalid:0"), HasReason("CANNOT_LISTEN"));
  EXPECT_THAT(ListenAt("192.0.2.1:0"), HasReason("CANNOT_LISTEN")) << "an address of another machine";
}

TEST(ListeningTest, ASocketsFileIsReplacedOnceNobodyListensAtIt) {
  const Authority folder;
  const std::string address = "unix:" + folder.folder() + "/socket";
  {
    ASSERT_OK_AND_ASSIGN(Listening listening, ListenAt(address));
    EXPECT_EQ(listening.address, address);
    EXPECT_THAT(ListenAt(address), HasReason("CANNOT_LISTEN"));
  }
  EXPECT_THAT(ListenAt(address), IsOk());
  const std::string file = folder.folder() + "/file";
  ASSERT_THAT(WriteFileAtomically(file, "of somebody"), IsOk());
  EXPECT_THAT(ListenAt("unix:" + file), HasReason("CANNOT_LISTEN"));
  EXPECT_THAT(ReadFile(file), IsOkAndHolds("of somebody"));
}

TEST(PeerAddressTest, IsReadAsGrpcWritesIt) {
  for (const auto& [uri, text] : std::vector<std::pair<const char*, const char*>>{
           {"ipv4:10.0.0.1:4242", "10.0.0.1:4242"},
           {"ipv6:[::1]:4242", "[::1]:4242"},
           {"ipv6:%5Bfe80::1%25eth0%5D:7", "[fe80::1]:7"},
           {"ipv6:[::ffff:10.0.0.1]:4242", "10.0.0.1:4242"},
       }) {
    const auto peer = ParsePeerUri(uri);
    ASSERT_TRUE(peer) << uri;
    EXPECT_EQ(ToString(*peer), text);
  }
  for (const char* other :
       {"", "unix:", "ipv4:10.0.0.1", "ipv4:10.0.0:1", "ipv6:[x]:1", "ipv4:10.0.0.1:65536"}) {
    EXPECT_FALSE(ParsePeerUri(other)) << other;
  }
}

TEST(ConnectionCountsTest, OurEndIsFound) {
  const std::string json =
      R"({"local":{"tcpip_address":{"ip_address":"fwAAAg==","port":7001}},"ref":{"socketId":"3"},)"
      R"("remote":{"tcpip_address":{"ip_address":"fwAAAQ==","port":4242}}})";
  EXPECT_EQ(LocalIn(json), ParsePeerUri("ipv4:127.0.0.2:7001"));
  const std::string six =
      R"({"local":{"tcpip_address":{"port":7001,"ip_address":"AAAAAAAAAAAAAAAAAAAAAQ=="}}})";
  EXPECT_EQ(LocalIn(six), ParsePeerUri("ipv6:[::1]:7001"));
  EXPECT_EQ(LocalIn(R"({"local":{"uds_address":{"filename":"x"}}})"), std::nullopt);
}

TEST(ConnectionCountsTest, NumbersAreFoundByTheirKeys) {
  constexpr char json[] = R"({"data":{"streamsFailed":"7","streamsStarted":"12"},"ref":{"socketId":"3"}})";
  EXPECT_EQ(NumberIn(json, "streamsStarted"), 12);
  EXPECT_EQ(NumberIn(json, "socketId"), 3);
  EXPECT_EQ(NumberIn(json, "streamsSucceeded"), std::nullopt);
  EXPECT_EQ(NumberIn("{\"socketId\":\"3", "socketId"), std::nullopt);
}

}  // namespace
}  // namespace seisaku::rpc
