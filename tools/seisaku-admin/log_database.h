// A service's database while the service does not run.
#pragma once

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "services/ledger/log_store.h"
#include "services/postgres/database.h"

namespace seisaku::admin {

// FAILED_PRECONDITION SCHEMA_MISMATCH, DURABILITY_OFF; UNAVAILABLE STORAGE_UNAVAILABLE.
absl::StatusOr<std::unique_ptr<postgres::Database>> OpenLogDatabase(const std::string& dsn);

// Runs `body` in one transaction that has locked the head of the log `origin`, and that is committed only
// with `write`: what only looks sees the same, and leaves nothing. A database without a log is given an empty
// one first. FAILED_PRECONDITION ORIGIN_MISMATCH: it has another log; `body`'s errors and the database's.
enum class Commit { kNo, kYes };
absl::Status WithHead(postgres::Database& database, const std::string& origin, Commit commit,
                      absl::FunctionRef<absl::Status(postgres::Transaction&, ledger::LockedHead)> body);

// Hands on the entries below `size` in order, each with its texts, until `each` returns an error, which is
// returned. DATA_LOSS LOG_CORRUPT: a position is missing.
using EachStored = absl::FunctionRef<absl::Status(log::v1::StoredEntry&)>;
absl::Status ForEachStored(postgres::Transaction& transaction, Position size, EachStored each);

// The texts of an entry that are still there, as they are stored at `position`.
std::vector<ledger::WriteBatch::Text> TextsAt(Position position, log::v1::StoredEntry& stored);

}  // namespace seisaku::admin
