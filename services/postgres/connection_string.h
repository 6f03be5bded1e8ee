// Private to this folder: what a connection is opened with.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace seisaku::postgres {

using Settings = std::vector<std::pair<std::string, std::string>>;  // name and value

// "": libpq's own choice.
struct Host {
  std::string name, address, port;  // host, hostaddr and port
};

struct Connecting {
  std::string text;         // key words, as libpq takes them, but for the hosts
  std::vector<Host> hosts;  // one at least
  Settings settings;  // that a session shows afterwards, unless something between here and there drops them
  bool writes;

  // Key words with which all hosts are tried in turn, beginning with this one; any number counts.
  std::string From(size_t first) const;
  // With which only `host` is.
  std::string To(const Host& host) const;
  // Which of the hosts `connected` is, as libpq says to what it is connected; 0 where it cannot be told.
  size_t Find(const Host& connected) const;
};

// `dsn` (key words or URI) as a key-word string in which `timeout`, signs of life for a connection whose peer
// has vanished, `settings`, and, where it names several hosts or `writes`, the choice of the one that takes
// writes stand as defaults; what the dsn says itself wins. INTERNAL STORAGE_ERROR: the dsn cannot be read;
// the message does not repeat it, for it may hold a password.
absl::StatusOr<Connecting> ToConnecting(std::string_view dsn, absl::Duration timeout,
                                        const Settings& settings, bool writes);

}  // namespace seisaku::postgres
