// Private to services/postgres: COPY in binary format, which libpqxx 6.4 does not have.
#pragma once

#include <libpq-fe.h>

#include <string>

#include "absl/functional/function_ref.h"
#include "services/postgres/libpq/values.h"

namespace seisaku::postgres {

// Executes `sql`, one statement of which is a COPY … TO STDOUT (FORMAT binary), and calls `each` with each row
// until that returns false. Calls `on_progress` from time to time while rows arrive. Throws as libpqxx does; after
// an sql_error with a SQLSTATE the connection is ready for the next statement.
void ReadCopy(PGconn* connection, const std::string& sql, OnCopiedRow each,
              absl::FunctionRef<void()> on_progress);

}  // namespace seisaku::postgres
