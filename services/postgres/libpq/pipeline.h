// Private to services/postgres: several statements in one round trip, which libpqxx 6.4 does not have.
#pragma once

#include <libpq-fe.h>

#include <optional>
#include <string>

#include "services/postgres/libpq/values.h"

namespace seisaku::postgres {

// libpq's pipeline mode. The connection does nothing else while a Pipeline lives. Not thread-safe.
//
// Each statement is followed by its own Sync. Outside a transaction block a statement is a transaction by itself.
// Inside one, PostgreSQL counts the transaction as idle between two statements, and ends it where the second
// never comes. After a statement that fails inside a block the later ones fail too, and COMMIT rolls back.
//
// Throws what libpqxx throws: pqxx::sql_error for a statement's error, pqxx::broken_connection.
class Pipeline {
 public:
  explicit Pipeline(PGconn* connection);
  // Receives the answers that are still in flight, and leaves pipeline mode.
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Sends a statement that was prepared under this name.
  void Send(const std::string& name, Parameters parameters);
  // Waits until the next statement has ended, and its transaction where it is one by itself. Returns the first
  // column of the first row, as text; nullopt: no row, or NULL.
  std::optional<std::string> Receive();

 private:
  void ReceiveSync();

  PGconn* connection_;
  int in_flight_ = 0;  // statements whose Sync has not come
};

}  // namespace seisaku::postgres
