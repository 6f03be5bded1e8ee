#include "services/postgres/connection_string.h"

#include <errno.h>  // program_invocation_short_name
#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "fmt/format.h"
#include "services/base/status.h"

namespace seisaku::postgres {
namespace {

// `text` with a backslash before each of `special`.
std::string Escaped(std::string_view text, std::string_view special) {
  std::string escaped;
  for (char c : text) {
    if (special.find(c) != std::string_view::npos) escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

// How the server splits `options`: at spaces that no backslash precedes.
std::string AsOptions(const Settings& settings) {
  std::string options;
  for (const auto& [name, value] : settings) {
    options += fmt::format("{}-c {}={}", options.empty() ? "" : " ", name, Escaped(value, "\\ "));
  }
  return options;
}

absl::StatusOr<std::map<std::string, std::string>> Parse(std::string_view dsn) {
  char* why = nullptr;
  std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(std::string(dsn).c_str(), &why), &PQconninfoFree);
  std::unique_ptr<char, decltype(&PQfreemem)> free_why(why, &PQfreemem);
  if (!parsed) {
    return MakeError(absl::StatusCode::kInternal, "STORAGE_ERROR", "the PostgreSQL dsn cannot be read");
  }
  std::map<std::string, std::string> given;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) given[option->keyword] = option->val;
  }
  return given;
}

// The words of `options`, as the server splits them.
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

}  // namespace

absl::StatusOr<Connecting> ToConnecting(std::string_view dsn, absl::Duration timeout,
                                        const Settings& settings, bool writes) {
  ASSIGN_OR_RETURN(auto words, Parse(dsn));
  int64_t seconds = std::max<int64_t>(2, absl::ToInt64Seconds(absl::Ceil(timeout, absl::Seconds(1))));
  words.try_emplace("connect_timeout", fmt::format("{}", seconds));
  words.try_emplace("client_encoding", "UTF8");
  // A host that vanished without closing its connections is noticed within about 20 seconds, where nobody
  // waits for an answer, who would notice sooner.
  words.try_emplace("keepalives_idle", "10");
  words.try_emplace("keepalives_interval", "5");
  words.try_emplace("keepalives_count", "2");
  words.try_emplace("tcp_user_timeout", "20000");
  // A standby lags behind: of several hosts, the one that takes writes is meant.
  const bool several =
      words["host"].find(',') != std::string::npos || words["hostaddr"].find(',') != std::string::npos;
  if (several || writes) words.try_emplace("target_session_attrs", "read-write");

  std::string options = AsOptions(settings);
  const std::string theirs = words["options"];
  // The server lets the last -c of a name win.
  if (!theirs.empty()) options += fmt::format("{}{}", options.empty() ? "" : " ", theirs);
  words["options"] = options;
  // Who is connected, for pg_stat_activity and PostgreSQL's log; application_name and PGAPPNAME go before it,
  // but options would not.
  if (!NamesIn(options).contains("application_name")) {
    words.try_emplace("fallback_application_name", program_invocation_short_name);
  }

  Connecting connecting{.text = {}, .settings = {}, .writes = writes};
  for (const auto& [word, value] : words) {
    if (value.empty()) continue;
    connecting.text +=
        fmt::format("{}{}='{}'", connecting.text.empty() ? "" : " ", word, Escaped(value, "\\'"));
  }
  const std::set<std::string> overridden = NamesIn(theirs);
  std::map<std::string, std::string> shown;
  for (const auto& [name, value] : settings) {
    // Of TCP, a session by a Unix socket shows nothing.
    if (overridden.count(name) == 0 && !name.starts_with("tcp_")) shown[name] = value;
  }
  connecting.settings.assign(shown.begin(), shown.end());
  return connecting;
}

}  // namespace seisaku::postgres
