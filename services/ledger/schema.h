// The log's tables, compiled in from services/ledger/schema/*.sql, and the check that a database still protects
// them: tables and indexes, triggers, functions, the head's constraint, privileges.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/postgres/database.h"
#include "services/postgres/migrations.h"

namespace seisaku::ledger {

// The migrations for postgres::Migrate and postgres::CheckSchema. The session that migrates has the setting
// seisaku.service_role.
const std::vector<postgres::Migration>& Schema();

// An object of the database that is not as the migrations made it.
struct Unprotected {
  // TRIGGER_MISSING, TRIGGER_DISABLED (not ENABLE ALWAYS), TRIGGER_DIFFERS, TRIGGER_ADDED (BEFORE),
  // FUNCTION_DIFFERS (or not there), TABLE_DIFFERS, INDEX_MISSING, CONSTRAINT_MISSING, PRIVILEGE_GRANTED,
  // ROLE_TOO_POWERFUL.
  std::string code;
  // In SQL's words: "append_only on entry", "UPDATE on entry to catalog_service".
  std::string what;
};

// Whose session checks. A service's own role is checked too: it must be no superuser, own no table, and have no
// privilege through another role.
enum class Session { kOfService, kOfAuditor };

// Everything that is not protected, in a stable order. Reads only PostgreSQL's catalog, as any role may.
absl::StatusOr<std::vector<Unprotected>> FindUnprotected(postgres::Transaction& transaction, Session session);

// FAILED_PRECONDITION PROTECTION_MISSING, metadata `missing`, where the service's session finds anything.
absl::Status CheckProtection(postgres::Database& database);

}  // namespace seisaku::ledger
