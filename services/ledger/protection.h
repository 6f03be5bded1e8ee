// What in the database keeps the log append-only: tables and their indexes, triggers, functions, the head's
// constraint, privileges.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/postgres/database.h"

namespace seisaku::ledger {

// Something that is not as the migrations made it.
struct Unprotected {
  // TRIGGER_MISSING, TRIGGER_DISABLED (not ENABLE ALWAYS), TRIGGER_DIFFERS, TRIGGER_ADDED (BEFORE),
  // FUNCTION_DIFFERS (or not there), TABLE_DIFFERS, INDEX_MISSING, CONSTRAINT_MISSING, PRIVILEGE_GRANTED,
  // ROLE_TOO_POWERFUL.
  std::string code;
  // In SQL's words: "append_only on entry", "UPDATE on entry to catalog_service".
  std::string what;
};

// Whose session looks. A service's own role is looked at too: it is no superuser, owns no table, and has no
// privilege by way of another role.
enum class Session { kOfService, kOfAuditor };

// All that is missing, in a stable order; empty: nothing. Reads the catalog of PostgreSQL only, as any role
// may.
absl::StatusOr<std::vector<Unprotected>> FindUnprotected(postgres::Transaction& transaction, Session session);

// FAILED_PRECONDITION PROTECTION_MISSING, metadata `missing`, where a service's session finds something.
absl::Status CheckProtection(postgres::Database& database);

}  // namespace seisaku::ledger
