// Private to services/postgres: the parameters of a connection. libpqxx 6.4 cannot parse a connection string.
#pragma once

#include <libpq-fe.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace seisaku::postgres {

using Settings = std::vector<std::pair<std::string, std::string>>;  // name and value

// "": libpq's default.
struct Host {
  std::string name, address, port;  // host, hostaddr and port
};

struct ConnectionParams {
  std::string text;         // keyword=value pairs, without the hosts
  std::vector<Host> hosts;  // at least one
  Settings settings;        // what the session must show once it is open; a pooler may drop them
  bool writes;              // whether the server has to take writes

  // A connection string that tries all hosts in turn, starting at `first` modulo their number.
  std::string StartingAt(size_t first) const;
  // A connection string for `host` alone.
  std::string ForHost(const Host& host) const;
  // The index of `connected` (see ConnectedHost) in hosts; 0 where it cannot be told.
  size_t IndexOf(const Host& connected) const;
};

// Parses `dsn` (keywords or URI) and adds defaults: `timeout`, TCP keepalives, `settings`, and the choice of the
// server that takes writes where the dsn names several hosts or `writes` is set. What the dsn says itself wins.
// INTERNAL STORAGE_ERROR: the dsn cannot be parsed; the message does not repeat it, for it may hold a password.
absl::StatusOr<ConnectionParams> ParseDsn(std::string_view dsn, absl::Duration timeout,
                                          const Settings& settings, bool writes);

// The host that a connection has reached, with its address: a name may stand for several.
Host ConnectedHost(const PGconn* connection);

}  // namespace seisaku::postgres
