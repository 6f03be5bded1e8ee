// Private to this folder: COPY in binary format, of which libpqxx knows nothing.
#pragma once

#include <pqxx/connection>
#include <string>

#include "absl/functional/function_ref.h"
#include "services/postgres/transaction.h"

namespace seisaku::postgres {

// Executes `sql`, of which one statement is a COPY … TO STDOUT (FORMAT binary), and hands its rows to `each`
// until that returns false. Calls `arriving` from time to time while the answer comes. Throws as
// libpqxx does: after an sql_error with an SQLSTATE the connection is ready for the next statement.
void ReadCopied(pqxx::connectionpolicy::handle connection, const std::string& sql, EachCopied each,
                absl::FunctionRef<void()> arriving);

}  // namespace seisaku::postgres
