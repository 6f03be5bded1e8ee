// Errors of libpq, as statuses and as the exceptions that libpqxx would throw.
#pragma once

#include <libpq-fe.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace seisaku::postgres {

// INTERNAL STORAGE_ERROR; metadata `sqlstate` unless it is empty.
absl::Status StorageError(std::string_view message, std::string_view sqlstate);

// Throws the error of `connection`, or of the statement that `result` answers; nullptr: no result came.
// pqxx::broken_connection where the connection is lost, else pqxx::sql_error.
[[noreturn]] void ThrowError(const PGconn* connection, const PGresult* result, const std::string& statement);

}  // namespace seisaku::postgres
