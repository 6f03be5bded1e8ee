// Private to this folder: several statements in one round trip, of which libpqxx 6 knows nothing.
#pragma once

#include <optional>
#include <pqxx/connection>
#include <string>

#include "services/postgres/transaction.h"

namespace seisaku::postgres {

// libpq's pipeline mode, while it lives, on a connection that does nothing else meanwhile. Each statement is
// a request of its own, with its Sync: outside a transaction it is one by itself; inside one, PostgreSQL
// counts the transaction as idle between two of them, and ends it where the second never comes. After one
// that fails in a transaction the others fail too, and COMMIT rolls back. Throws what libpqxx throws:
// pqxx::sql_error for a statement's error, pqxx::broken_connection.
class Pipeline {
 public:
  explicit Pipeline(pqxx::connectionpolicy::handle connection);
  // Takes the answers that nobody took, and leaves the mode.
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Sends a statement that was prepared under this name.
  void Send(const std::string& name, Parameters parameters);
  // Waits for the end of the next statement, and of its transaction where it is one by itself. Returns the
  // first column of its first row, as text; nullopt: no row, or NULL.
  std::optional<std::string> Take();

 private:
  void TakeSync();

  pqxx::connectionpolicy::handle connection_;
  int awaited_ = 0;  // statements whose end was not taken
};

// Throws what has gone wrong on the connection, or with the statement that `result` (a PGresult) answers.
[[noreturn]] void ThrowFailure(pqxx::connectionpolicy::handle connection, const void* result,
                               const std::string& statement);

}  // namespace seisaku::postgres
