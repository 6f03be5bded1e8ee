// Private to this folder: several statements in one round trip, of which libpqxx 6 knows nothing.
#pragma once

#include <pqxx/connection>
#include <string>

#include "services/postgres/transaction.h"

namespace seisaku::postgres {

// libpq's pipeline mode, while it lives, on a connection that does nothing else meanwhile. What is sent after
// a statement that fails is not executed. Throws what libpqxx throws: pqxx::sql_error for a statement's
// error, pqxx::broken_connection.
class Pipeline {
 public:
  explicit Pipeline(pqxx::connectionpolicy::handle connection);
  // Takes the answers that nobody took, and leaves the mode.
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Adds the execution of a statement that was prepared under this name.
  void Add(const std::string& name, Parameters parameters);
  // Sends all that was added.
  void Send();
  // Waits for the end of the next statement; one that returns rows returns them in vain.
  void Take();

 private:
  pqxx::connectionpolicy::handle connection_;
  bool sent_ = false;
};

// Throws what has gone wrong on the connection, or with the statement that `result` (a PGresult) answers.
[[noreturn]] void ThrowFailure(pqxx::connectionpolicy::handle connection, const void* result,
                               const std::string& statement);

}  // namespace seisaku::postgres
