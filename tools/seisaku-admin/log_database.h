// A service's database while the service does not run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/ledger/log_store.h"
#include "services/postgres/database.h"

namespace seisaku::admin {

// FAILED_PRECONDITION SCHEMA_MISMATCH, DURABILITY_OFF; UNAVAILABLE STORAGE_UNAVAILABLE.
absl::StatusOr<std::unique_ptr<postgres::Database>> OpenLogDatabase(const std::string& dsn);

absl::StatusOr<ledger::Head> ReadHead(postgres::Database& database);

// Entries from `begin` on, below `end`, about 4 MiB of them.
absl::StatusOr<std::vector<std::string>> ReadPage(postgres::Database& database, Position begin, Position end);

}  // namespace seisaku::admin
