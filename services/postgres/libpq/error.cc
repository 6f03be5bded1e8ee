#include "services/postgres/libpq/error.h"

#include <pqxx/except>

#include "services/base/status.h"

namespace seisaku::postgres {

absl::Status StorageError(std::string_view message, std::string_view sqlstate) {
  Metadata metadata = {{"why", std::string(message)}};
  if (!sqlstate.empty()) metadata.emplace_back("sqlstate", sqlstate);
  return MakeError(absl::StatusCode::kInternal, "STORAGE_ERROR", message, std::move(metadata));
}

void ThrowError(const PGconn* connection, const PGresult* result, const std::string& statement) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string message = result == nullptr ? PQerrorMessage(connection) : PQresultErrorMessage(result);
  if (PQstatus(connection) != CONNECTION_OK) throw pqxx::broken_connection(message);
  throw pqxx::sql_error(message, statement, state == nullptr ? "" : state);
}

}  // namespace seisaku::postgres
