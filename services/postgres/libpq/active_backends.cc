#include "services/postgres/libpq/active_backends.h"

#include <libpq-fe.h>
#include <poll.h>

#include <cstdlib>
#include <memory>

#include "fmt/format.h"
#include "fmt/ranges.h"

namespace seisaku::postgres {
namespace {

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

// False: the events did not come by `until`.
bool WaitFor(const PGconn* connection, short events, SteadyTime until) {
  const absl::Duration left = UntilSteady(until);
  if (left <= absl::ZeroDuration()) return false;
  pollfd socket = {.fd = PQsocket(connection), .events = events, .revents = 0};
  return poll(&socket, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1) > 0;
}

// PQconnectdb would wait for whole seconds, and for each host.
bool Connect(PGconn* connection, SteadyTime until) {
  if (connection == nullptr || PQstatus(connection) == CONNECTION_BAD) return false;
  for (PostgresPollingStatusType next = PGRES_POLLING_WRITING; next != PGRES_POLLING_OK;
       next = PQconnectPoll(connection)) {
    if (next == PGRES_POLLING_FAILED) return false;
    if (!WaitFor(connection, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, until)) return false;
  }
  return true;
}

}  // namespace

std::optional<std::vector<int>> ReadActiveBackends(const std::string& connection_string,
                                                   const std::vector<int>& processes, SteadyTime until) {
  const Connection connection(PQconnectStart(connection_string.c_str()), &PQfinish);
  if (!Connect(connection.get(), until)) return std::nullopt;
  const std::string ask = fmt::format(
      "SELECT pid FROM pg_catalog.pg_stat_activity WHERE pid IN ({}) AND state = 'active'"
      " AND coalesce(wait_event_type, '') NOT IN ('Lock', 'Client', 'Timeout')"
      " AND coalesce(wait_event, '') <> 'SyncRep'",
      fmt::join(processes, ", "));
  if (PQsendQuery(connection.get(), ask.c_str()) == 0) return std::nullopt;
  while (PQisBusy(connection.get()) != 0) {
    if (!WaitFor(connection.get(), POLLIN, until) || PQconsumeInput(connection.get()) == 0)
      return std::nullopt;
  }
  const Result result(PQgetResult(connection.get()), &PQclear);
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) return std::nullopt;
  std::vector<int> active;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    active.push_back(std::atoi(PQgetvalue(result.get(), row, 0)));
  }
  return active;
}

}  // namespace seisaku::postgres
