// The schema as numbered SQL files, each applied once and never changed afterwards.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/postgres/database.h"

namespace seisaku::postgres {

struct Migration {
  int number;  // 1, 2, 3, … without gaps
  std::string name;
  std::string sql;  // no transaction control in it; grants included
};

// Reads every NNNN_name.sql of `directory`, by number. FAILED_PRECONDITION SCHEMA_MISMATCH: a file that is
// not so named, a gap, a number twice, or a directory that cannot be read.
absl::StatusOr<std::vector<Migration>> LoadMigrations(const std::string& directory);

// Applies what `dsn`'s database lacks, in order, each in a transaction of its own under an advisory lock, and
// records it with the SHA-256 of its SQL in public.schema_migration. Returns how many it applied; 0 when
// there was nothing to do. The role of the dsn becomes `owner_role` (SET ROLE) for the work; "" stays itself.
// FAILED_PRECONDITION SCHEMA_MISMATCH, nothing applied: the database holds a migration that is altered or
// unknown here, or `migrations` has a gap.
absl::StatusOr<int> Migrate(std::string_view dsn, std::string_view owner_role,
                            absl::Span<const Migration> migrations);

// Checked by a server at its start: OK when the database holds exactly these migrations. FAILED_PRECONDITION
// SCHEMA_MISMATCH: older, newer or altered; the message says which, metadata `number` where it is one
// migration.
absl::Status CheckSchema(Database& database, absl::Span<const Migration> migrations);

}  // namespace seisaku::postgres
