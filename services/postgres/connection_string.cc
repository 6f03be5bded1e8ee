#include "services/postgres/connection_string.h"

#include <errno.h>  // program_invocation_short_name
#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>

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
std::string SettingsAsOptions(const std::vector<std::pair<std::string, std::string>>& settings) {
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

}  // namespace

absl::StatusOr<std::string> ConnectionString(
    std::string_view dsn, absl::Duration timeout,
    const std::vector<std::pair<std::string, std::string>>& settings) {
  ASSIGN_OR_RETURN(auto words, Parse(dsn));
  int64_t seconds = std::max<int64_t>(2, absl::ToInt64Seconds(absl::Ceil(timeout, absl::Seconds(1))));
  words.try_emplace("connect_timeout", fmt::format("{}", seconds));
  words.try_emplace("client_encoding", "UTF8");
  // Who is connected, for pg_stat_activity and PostgreSQL's log; application_name and PGAPPNAME go before it.
  words.try_emplace("fallback_application_name", program_invocation_short_name);
  // A host that vanished without closing its connections is noticed within about 20 seconds, where nobody
  // waits for an answer, who would notice sooner.
  words.try_emplace("keepalives_idle", "10");
  words.try_emplace("keepalives_interval", "5");
  words.try_emplace("keepalives_count", "2");
  words.try_emplace("tcp_user_timeout", "20000");
  // The server lets the last -c of a name win.
  std::string options = SettingsAsOptions(settings);
  if (auto theirs = words.find("options"); theirs != words.end()) {
    options += fmt::format("{}{}", options.empty() ? "" : " ", theirs->second);
  }
  if (!options.empty()) words["options"] = options;

  std::string text;
  for (const auto& [word, value] : words) {
    text += fmt::format("{}{}='{}'", text.empty() ? "" : " ", word, Escaped(value, "\\'"));
  }
  return text;
}

}  // namespace seisaku::postgres
