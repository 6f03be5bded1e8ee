#include "services/postgres/failure.h"

#include <array>
#include <exception>
#include <pqxx/except>
#include <string>

#include "absl/algorithm/container.h"
#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"

namespace seisaku::postgres {
namespace {

// The server has ended, or is about to end, this connection; it arrives as an error of a statement.
bool EndsConnection(std::string_view sqlstate) {
  static constexpr std::array<std::string_view, 6> kStates = {
      "57P01",  // admin_shutdown
      "57P02",  // crash_shutdown
      "57P03",  // cannot_connect_now
      "57P05",  // idle_session_timeout
      "25P03",  // idle_in_transaction_session_timeout
      "53300",  // too_many_connections
  };
  return sqlstate.starts_with("08") || absl::c_linear_search(kStates, sqlstate);
}

// The later lines (DETAIL and the like) may repeat stored data.
std::string FirstLine(std::string_view what, const std::exception& error) {
  std::string_view text = error.what();
  return fmt::format("{}: {}", what, text.substr(0, text.find('\n')));
}

// libpqxx keeps of PostgreSQL's error fields only the SQLSTATE and the text; sessions are verbose so that the
// text has a line for the constraint. libpq writes that line, so the server's language does not matter.
std::string ConstraintName(std::string_view text) {
  static constexpr std::string_view kLabel = "\nCONSTRAINT NAME:";
  size_t label = text.find(kLabel);
  if (label == std::string_view::npos) return "";
  size_t name = text.find_first_not_of(' ', label + kLabel.size());
  if (name == std::string_view::npos) return "";
  return std::string(text.substr(name, text.find('\n', name) - name));
}

// libpqxx 6 forgets the SQLSTATE of some errors (42501 among them); a verbose text has it behind the
// severity.
std::string SqlState(const pqxx::sql_error& error) {
  if (!error.sqlstate().empty()) return error.sqlstate();
  static constexpr std::string_view kBeforeState = ":  ";
  std::string_view text = error.what();
  size_t severity_end = text.find(kBeforeState);
  if (severity_end == std::string_view::npos) return "";
  std::string_view state = text.substr(severity_end + kBeforeState.size());
  return std::string(state.size() > 5 && state[5] == ':' ? state.substr(0, 5) : "");
}

absl::Status Conflict(std::string_view message, std::string_view sqlstate) {
  return MakeError(absl::StatusCode::kAborted, "STORAGE_CONFLICT", message,
                   {{"sqlstate", std::string(sqlstate)}, {"why", std::string(message)}});
}

Failure FromSqlError(std::string_view what, const pqxx::sql_error& error) {
  std::string message = FirstLine(what, error);
  std::string sqlstate = SqlState(error);
  if (EndsConnection(sqlstate)) return {errors::StorageUnavailable(message), true, false};
  // Without a SQLSTATE the error is not the server's.
  bool server_spoke = !sqlstate.empty();
  if (sqlstate == "40001" || sqlstate == "40P01") return {Conflict(message, sqlstate), false, true};
  if (sqlstate == "23505") {
    return {MakeError(absl::StatusCode::kAlreadyExists, "STORAGE_UNIQUE_VIOLATION", message,
                      {{"constraint", ConstraintName(error.what())}, {"why", message}}),
            false, true};
  }
  if (sqlstate == "53100") {  // disk_full
    return {
        MakeError(absl::StatusCode::kResourceExhausted, "STORAGE_FULL", message, {{"sqlstate", sqlstate}}),
        false, true};
  }
  if (sqlstate == "42501") {
    return {MakeError(absl::StatusCode::kInternal, "STORAGE_DENIED", message,
                      {{"sqlstate", sqlstate}, {"why", message}}),
            false, true};
  }
  return {StorageError(message, sqlstate), !server_spoke, server_spoke};
}

}  // namespace

absl::Status SettingsIgnored(std::string_view setting, std::string_view expected, std::string_view actual) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "SETTINGS_IGNORED",
      fmt::format(
          "a session of PostgreSQL has not the setting that it was opened with: {} is {} instead of {}: "
          "connect to PostgreSQL itself and not through a pooler, such as pgbouncer",
          setting, actual.empty() ? "not set" : actual, expected),
      {{"setting", std::string(setting)},
       {"expected", std::string(expected)},
       {"actual", std::string(actual)}});
}

Failure CurrentFailure(std::string_view what) {
  try {
    throw;
  } catch (const pqxx::serialization_failure& error) {  // not an sql_error
    return {Conflict(FirstLine(what, error), "40001"), false, true};
  } catch (const pqxx::deadlock_detected& error) {
    return {Conflict(FirstLine(what, error), "40P01"), false, true};
  } catch (const pqxx::statement_completion_unknown& error) {
    return {errors::StorageUnavailable(FirstLine(what, error)), true, false};
  } catch (const pqxx::transaction_rollback& error) {
    return {Conflict(FirstLine(what, error), "40000"), false, true};
  } catch (const pqxx::in_doubt_error& error) {
    return {errors::StorageUnavailable(FirstLine(what, error)), true, false};
  } catch (const pqxx::broken_connection& error) {
    return {errors::StorageUnavailable(FirstLine(what, error)), true, false};
  } catch (const pqxx::sql_error& error) {
    return FromSqlError(what, error);
  } catch (const std::exception& error) {
    return {StorageError(FirstLine(what, error), ""), true, false};
  }
}

}  // namespace seisaku::postgres
