// A host that takes connections and says nothing, as one does that has vanished or hangs.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace seisaku::postgres {

// At 127.0.0.1, while it lives.
class SilentHost {
 public:
  SilentHost() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket_, generic, size), 0);
    EXPECT_EQ(listen(socket_, 100), 0);
    EXPECT_EQ(getsockname(socket_, generic, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentHost() { close(socket_); }
  SilentHost(const SilentHost&) = delete;
  SilentHost& operator=(const SilentHost&) = delete;

  int port() const { return port_; }
  // How many connections have come since it was last asked.
  int Count() {
    int count = 0;
    for (int one; (one = accept(socket_, nullptr, nullptr)) >= 0; ++count) close(one);
    return count;
  }

 private:
  const int socket_;
  int port_ = 0;
};

}  // namespace seisaku::postgres
