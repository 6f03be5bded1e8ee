#include "services/postgres/libpq/connection_params.h"

#include <errno.h>  // program_invocation_short_name

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "services/base/status.h"

namespace seisaku::postgres {
namespace {

using Words = std::map<std::string, std::string>;

// `text` with a backslash before each of `special`.
std::string Escaped(std::string_view text, std::string_view special) {
  std::string escaped;
  for (char c : text) {
    if (special.find(c) != std::string_view::npos) escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

// `settings` as the keyword `options`, which the server splits at spaces without a backslash before them.
std::string AsOptions(const Settings& settings) {
  std::string options;
  for (const auto& [name, value] : settings) {
    options += fmt::format("{}-c {}={}", options.empty() ? "" : " ", name, Escaped(value, "\\ "));
  }
  return options;
}

absl::StatusOr<Words> Parse(std::string_view dsn) {
  char* why = nullptr;
  std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(std::string(dsn).c_str(), &why), &PQconninfoFree);
  std::unique_ptr<char, decltype(&PQfreemem)> free_why(why, &PQfreemem);
  if (!parsed) {
    return MakeError(absl::StatusCode::kInternal, "STORAGE_ERROR", "the PostgreSQL dsn cannot be read");
  }
  Words given;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) given[option->keyword] = option->val;
  }
  return given;
}

// Splits `options` as the server does.
std::vector<std::string> SplitOptions(std::string_view options) {
  std::vector<std::string> words(1);
  for (size_t i = 0; i < options.size(); ++i) {
    if (options[i] == ' ') {
      words.emplace_back();
    } else {
      if (options[i] == '\\' && i + 1 < options.size()) ++i;
      words.back().push_back(options[i]);
    }
  }
  return words;
}

// The names that `options` sets: "-c name=value", "-cname=value" and "--name=value".
std::set<std::string> NamesIn(std::string_view options) {
  std::set<std::string> names;
  for (const std::string& word : SplitOptions(options)) {
    std::string_view name = word;
    name = name.substr(0, name.find('='));
    if (name.starts_with("-c") || name.starts_with("--")) name.remove_prefix(2);
    std::string written(name);
    std::replace(written.begin(), written.end(), '-', '_');
    names.insert(std::move(written));
  }
  return names;
}

std::string KeyWord(std::string_view word, std::string_view value) {
  return value.empty() ? "" : fmt::format(" {}='{}'", word, Escaped(value, "\\'"));
}

// Moves the hosts out of `words`. Lists of different lengths stay together as one host: libpq reports them.
std::vector<Host> TakeHosts(Words& words) {
  const Host all = {words["host"], words["hostaddr"], words["port"]};
  for (const char* word : {"host", "hostaddr", "port"}) words.erase(word);
  const std::vector<std::string> names = absl::StrSplit(all.name, ','), ports = absl::StrSplit(all.port, ','),
                                 addresses = absl::StrSplit(all.address, ',');
  const size_t count = std::max(names.size(), addresses.size());
  const bool fit = (all.name.empty() || names.size() == count) &&
                   (all.address.empty() || addresses.size() == count) &&
                   (ports.size() == 1 || ports.size() == count);
  if (!fit) return {all};
  std::vector<Host> hosts(count);
  for (size_t i = 0; i < count; ++i) {
    if (!all.name.empty()) hosts[i].name = names[i];
    if (!all.address.empty()) hosts[i].address = addresses[i];
    hosts[i].port = ports[ports.size() == 1 ? 0 : i];
  }
  return hosts;
}

// The keyword for one part of all hosts; "" where no host has that part.
std::string ListOf(std::string_view word, std::vector<std::string> values) {
  const bool none =
      std::all_of(values.begin(), values.end(), [](const auto& value) { return value.empty(); });
  return none ? "" : KeyWord(word, fmt::format("{}", fmt::join(values, ",")));
}

}  // namespace

std::string ConnectionParams::StartingAt(size_t first) const {
  std::vector<std::string> names, addresses, ports;
  for (size_t i = 0; i < hosts.size(); ++i) {
    const Host& host = hosts[(first + i) % hosts.size()];
    names.push_back(host.name);
    addresses.push_back(host.address);
    ports.push_back(host.port);
  }
  return text + ListOf("host", names) + ListOf("hostaddr", addresses) + ListOf("port", ports);
}

std::string ConnectionParams::ForHost(const Host& host) const {
  return text + KeyWord("host", host.name) + KeyWord("hostaddr", host.address) + KeyWord("port", host.port);
}

size_t ConnectionParams::IndexOf(const Host& connected) const {
  const auto found = std::find_if(hosts.begin(), hosts.end(), [&](const Host& host) {
    const std::string& name = host.name.empty() ? host.address : host.name;
    return name == connected.name && (host.port.empty() || host.port == connected.port);
  });
  return found == hosts.end() ? 0 : static_cast<size_t>(found - hosts.begin());
}

absl::StatusOr<ConnectionParams> ParseDsn(std::string_view dsn, absl::Duration timeout,
                                          const Settings& settings, bool writes) {
  ASSIGN_OR_RETURN(auto words, Parse(dsn));
  int64_t seconds = std::max<int64_t>(2, absl::ToInt64Seconds(absl::Ceil(timeout, absl::Seconds(1))));
  words.try_emplace("connect_timeout", fmt::format("{}", seconds));
  words.try_emplace("client_encoding", "UTF8");
  // Notices within about 20 seconds that the host of an idle connection has vanished. The watchdog is faster,
  // but only while somebody waits for an answer.
  words.try_emplace("keepalives_idle", "10");
  words.try_emplace("keepalives_interval", "5");
  words.try_emplace("keepalives_count", "2");
  words.try_emplace("tcp_user_timeout", "20000");
  // A standby lags behind, so of several hosts the one that takes writes is meant.
  std::vector<Host> hosts = TakeHosts(words);
  if (hosts.size() > 1 || writes) words.try_emplace("target_session_attrs", "read-write");

  std::string options = AsOptions(settings);
  const std::string theirs = words["options"];
  // The last -c of a name wins.
  if (!theirs.empty()) options += fmt::format("{}{}", options.empty() ? "" : " ", theirs);
  words["options"] = options;
  // The program's name, for pg_stat_activity and PostgreSQL's log. application_name and PGAPPNAME override it,
  // but a setting in `options` would not.
  if (!NamesIn(options).contains("application_name")) {
    words.try_emplace("fallback_application_name", program_invocation_short_name);
  }

  ConnectionParams params{.text = {}, .hosts = std::move(hosts), .settings = {}, .writes = writes};
  for (const auto& [word, value] : words) params.text += KeyWord(word, value);
  const std::set<std::string> overridden = NamesIn(theirs);
  std::map<std::string, std::string> shown;
  for (const auto& [name, value] : settings) {
    // A session over a Unix socket shows no TCP settings.
    if (overridden.count(name) == 0 && !name.starts_with("tcp_")) shown[name] = value;
  }
  params.settings.assign(shown.begin(), shown.end());
  return params;
}

Host ConnectedHost(const PGconn* connection) {
  return {PQhost(connection), PQhostaddr(connection), PQport(connection)};
}

}  // namespace seisaku::postgres
